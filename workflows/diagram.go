package workflows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"insyn/models"
)

//go:generate go run ./diagram ../docs/state-machine.md

// StateMachines is docs/state-machine.md: the machines drawn and tabled from the rows that the service runs on.
func StateMachines() string {
	var b strings.Builder
	b.WriteString(`# State machines

<!-- Generated from workflows.Transitions, Records, AppealTransitions, RequestTransitions and InquiryTransitions by go generate ./...; do not edit. -->

`)
	b.WriteString("## Case\n\nOne request at one controller. Begins when the request is fanned out.\n\n" + caseDiagram() + "\n" + caseTable())
	b.WriteString("\n## What changes no state of a case\n\n" + recordTable())
	b.WriteString("\n## Appeal\n\nOne appeal against a case's decision. It begins when it comes in, whatever the state of the case; a case with one does not close.\n" +
		"What follows on the arrival has no states yet ([decision 14](decisions/0014-states-left-out.md)).\n\n" + appealDiagram() + "\n" + appealTable())
	b.WriteString("\n## Request\n\nThe shared part. Begins when a draft is sent.\n\n" + requestDiagram() + "\n" + requestTable())
	b.WriteString("\n## Inquiry\n\nA question, in tier 1 (servicecenter), 2 (ombud) or 3 (DSO). One that went straight to the DSO begins in tier 3 and is nothing to the others.\n\n" +
		inquiryDiagram() + "\n" + inquiryTable())
	return b.String()
}

// inquiryDiagram draws the inquiry machine.
func inquiryDiagram() string {
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n  [*] --> open\n")
	for _, from := range models.InquiryStates() {
		for _, to := range models.InquiryStates() {
			var actions []string
			for _, t := range InquiryTransitions() {
				if t.To == to && slices.Contains(t.From, from) {
					actions = append(actions, string(t.Action))
				}
			}
			if len(actions) > 0 {
				fmt.Fprintf(&b, "  %s --> %s: %s\n", from, to, strings.Join(actions, ", "))
			}
		}
	}
	b.WriteString("  closed --> [*]\n  converted --> [*]\n```\n")
	return b.String()
}

func inquiryTable() string {
	var b strings.Builder
	b.WriteString("| action | from | in tier | straight to the DSO too | to | to tier | who | promises | event | read by |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, t := range InquiryTransitions() {
		tiers := make([]string, len(t.Tiers))
		for i, n := range t.Tiers {
			tiers[i] = strconv.Itoa(n)
		}
		direct, to := "", "the same"
		if t.Direct {
			direct = "yes"
		}
		if t.ToTier != 0 {
			to = strconv.Itoa(t.ToTier)
		}
		row(&b, string(t.Action), list(t.From, ", "), strings.Join(tiers, ", "), direct, string(t.To), to, list(t.Who, ", "), list(t.Promises, ", "), t.Event, audience(t.Audience))
	}
	return b.String()
}

// caseDiagram draws the case machine in Mermaid. What leaves the state as it is stands in the table only.
func caseDiagram() string {
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n  [*] --> assigned\n")
	for _, from := range models.CaseStates() {
		for _, to := range models.CaseStates() {
			var actions []string
			for _, t := range Transitions() {
				if len(t.To) > 0 && slices.Contains(t.From, from) && slices.Contains(t.To, to) && !slices.Contains(actions, string(t.Action)) {
					actions = append(actions, string(t.Action))
				}
			}
			if len(actions) > 0 {
				fmt.Fprintf(&b, "  %s --> %s: %s\n", node(string(from)), node(string(to)), strings.Join(actions, ", "))
			}
		}
		if caseEnds(from) {
			fmt.Fprintf(&b, "  %s --> [*]\n", node(string(from)))
		}
	}
	b.WriteString("```\n")
	return b.String()
}

// node is a state's name as Mermaid takes it.
func node(state string) string { return strings.ReplaceAll(state, "-", "_") }

func caseEnds(s models.CaseState) bool {
	return !slices.ContainsFunc(Transitions(), func(t Transition) bool { return slices.Contains(t.From, s) })
}

func caseTable() string {
	var b strings.Builder
	b.WriteString("| action | from | to | who | guards | clock | promises | event | read by |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, t := range Transitions() {
		to := "the same"
		if len(t.To) > 0 {
			to = list(t.To, " or ")
		}
		guards := make([]string, len(t.Guards))
		for i, g := range t.Guards {
			guards[i] = g.Name
		}
		row(&b, string(t.Action), list(t.From, ", "), to, list(t.Who, ", "), strings.Join(guards, "; "), string(t.Clock), list(t.Promises, ", "), t.Event, audience(t.Audience))
	}
	return b.String()
}

func recordTable() string {
	var b strings.Builder
	b.WriteString("| action | in | who | promises | event | read by |\n|---|---|---|---|---|---|\n")
	for _, r := range Records() {
		in := list(r.In, ", ")
		if len(r.In) == len(models.CaseStates()) {
			in = "every state"
		}
		row(&b, string(r.Action), in, list(r.Who, ", "), list(r.Promises, ", "), r.Event, audience(r.Audience))
	}
	return b.String()
}

func appealDiagram() string {
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n")
	var drawn []string
	for _, t := range AppealTransitions() {
		if line := fmt.Sprintf("  [*] --> %s: %s\n", node(string(t.To)), t.Action); len(t.From) == 0 && !slices.Contains(drawn, line) {
			drawn = append(drawn, line)
			b.WriteString(line)
		}
	}
	b.WriteString("```\n")
	return b.String()
}

func appealTable() string {
	var b strings.Builder
	b.WriteString("| action | to | who | by | channels |\n|---|---|---|---|---|\n")
	for _, t := range AppealTransitions() {
		row(&b, string(t.Action), string(t.To), list(t.Who, ", "), list(t.By, ", "), strings.Join(t.Channels, ", "))
	}
	return b.String()
}

func requestDiagram() string {
	var b strings.Builder
	b.WriteString("```mermaid\nstateDiagram-v2\n  [*] --> submitted\n")
	leaves := map[models.RequestState]bool{}
	for _, t := range RequestTransitions() {
		for _, from := range t.From {
			leaves[from] = true
			fmt.Fprintf(&b, "  %s --> %s: %s\n", node(string(from)), node(string(t.To)), t.Action)
		}
	}
	var ended []models.RequestState
	for _, t := range RequestTransitions() {
		if !leaves[t.To] && !slices.Contains(ended, t.To) {
			ended = append(ended, t.To)
			fmt.Fprintf(&b, "  %s --> [*]\n", node(string(t.To)))
		}
	}
	b.WriteString("```\n")
	return b.String()
}

func requestTable() string {
	var b strings.Builder
	b.WriteString("| action | from | to | who | event | read by |\n|---|---|---|---|---|---|\n")
	for _, t := range RequestTransitions() {
		row(&b, string(t.Action), list(t.From, ", "), string(t.To), list(t.Who, ", "), t.Event, audience(t.Audience))
	}
	return b.String()
}

func audience(a models.Audience) string {
	if a == models.ForSubject {
		return "the person and staff"
	}
	return "staff"
}

func list[T ~string](all []T, sep string) string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = string(x)
	}
	return strings.Join(out, sep)
}

func row(b *strings.Builder, cells ...string) {
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}
