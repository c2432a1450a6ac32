package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"insyn/internal/calendar"
	"insyn/internal/deadline"
)

// deadlineCmd is "insyn deadline": the due date arithmetic of the service for anyone to check by hand. It opens nothing
// and needs no configuration. Its commands want an io.Reader (standard input) and an io.Writer bound.
type deadlineCmd struct {
	Explain bool   `help:"Print the derivation under each line."`
	Lang    string `enum:"sv,en" default:"sv" help:"Language of the derivation: ${enum}."`
	JSON    bool   `name:"json" help:"Print one JSON object per line, with the derivation as data."`

	Response deadlineResponseCmd `cmd:"" help:"When the answer to a request is due: prints DATE, due date and extended due date."`
	Appeal   deadlineAppealCmd   `cmd:"" help:"The last day to appeal a decision received on DATE: prints DATE and that day."`
	Incident deadlineIncidentCmd `cmd:"" help:"When an incident that became known at INSTANT must have been reported: prints both."`
}

// deadlineResponseCmd is "insyn deadline response".
type deadlineResponseCmd struct {
	Pause         []string `sep:"none" placeholder:"FROM..TO" help:"A pause from the day the person was asked to the day of the reply. May be repeated. The printed dates count it."`
	ArrivedByPost bool     `help:"DATE is the day the post came or the letterbox was emptied."`
	RollEves      bool     `help:"Move the due date past Midsummer Eve, Christmas Eve and New Year's Eve too."`
	Date          []string `arg:"" name:"date" help:"Day of receipt, YYYY-MM-DD; a single - reads one per line from standard input."`
}

// deadlineAppealCmd is "insyn deadline appeal".
type deadlineAppealCmd struct {
	Date []string `arg:"" name:"date" help:"Day the person got the decision, YYYY-MM-DD; a single - reads one per line from standard input."`
}

// deadlineIncidentCmd is "insyn deadline incident".
type deadlineIncidentCmd struct {
	Instant []string `arg:"" name:"instant" help:"Instant in RFC 3339, with its zone; a single - reads one per line from standard input."`
}

// deadlineAnswer is what is printed for one argument.
type deadlineAnswer struct {
	line        string
	record      any // the same for --json, explanation included
	explanation []string
}

// Run prints the due dates of answers.
func (c *deadlineResponseCmd) Run(options *deadlineCmd, in io.Reader, out io.Writer) error {
	pauses, err := parsePauses(c.Pause)
	if err != nil {
		return err
	}
	return options.answer(c.Date, in, out, func(arg string) (deadlineAnswer, error) {
		date, err := parseDeadlineDate(arg)
		if err != nil {
			return deadlineAnswer{}, err
		}
		input := deadline.Input{Received: date, Pauses: pauses, RollEves: c.RollEves}
		if c.ArrivedByPost {
			input.Received, input.Emptied = calendar.Date{}, date
		}
		if err := input.Validate(); err != nil {
			return deadlineAnswer{}, err
		}
		return options.response(arg, input), nil
	})
}

func (c *deadlineCmd) response(arg string, input deadline.Input) deadlineAnswer {
	ordinary := deadline.ForResponse(input)
	input.Extended = true
	extended := deadline.ForResponse(input)
	// Both derivations begin with the receipt; the second is told from where the extension comes in.
	extension := extended.Steps[slices.IndexFunc(extended.Steps, func(s deadline.Step) bool { return s.Kind == deadline.StepExtendBy }):]
	explanation := c.explain(slices.Concat(ordinary.Steps, extension))
	return deadlineAnswer{
		line: fmt.Sprintf("%s %s %s", arg, ordinary.Due, ordinary.Extended),
		record: struct {
			Input         string          `json:"input"`
			Received      calendar.Date   `json:"received"`
			DueHard       calendar.Date   `json:"due_hard"`
			Due           calendar.Date   `json:"due"`
			ExtendedHard  calendar.Date   `json:"extended_hard"`
			Extended      calendar.Date   `json:"extended"`
			PauseDays     int             `json:"pause_days"`
			Steps         []deadline.Step `json:"steps"`
			ExtendedSteps []deadline.Step `json:"extended_steps"`
			Explanation   []string        `json:"explanation,omitempty"`
		}{
			arg, ordinary.Received, ordinary.Hard, ordinary.Due, ordinary.ExtendedHard, ordinary.Extended, ordinary.PauseDays,
			ordinary.Steps, extended.Steps, explanation,
		},
		explanation: explanation,
	}
}

// Run prints the last days of appeals.
func (c *deadlineAppealCmd) Run(options *deadlineCmd, in io.Reader, out io.Writer) error {
	return options.answer(c.Date, in, out, func(arg string) (deadlineAnswer, error) {
		served, err := parseDeadlineDate(arg)
		if err != nil {
			return deadlineAnswer{}, err
		}
		appeal := deadline.ForAppeal(served)
		explanation := options.explain(appeal.Steps)
		return deadlineAnswer{
			line: fmt.Sprintf("%s %s", arg, appeal.Due),
			record: struct {
				Input string `json:"input"`
				deadline.Appeal
				Explanation []string `json:"explanation,omitempty"`
			}{arg, appeal, explanation},
			explanation: explanation,
		}, nil
	})
}

// Run prints the instants by which incidents must be reported, in Swedish time.
func (c *deadlineIncidentCmd) Run(options *deadlineCmd, in io.Reader, out io.Writer) error {
	return options.answer(c.Instant, in, out, func(arg string) (deadlineAnswer, error) {
		aware, err := parseDeadlineInstant(arg)
		if err != nil {
			return deadlineAnswer{}, err
		}
		due := deadline.ForIncident(aware).In(calendar.Stockholm()).Format(time.RFC3339Nano)
		var explanation []string
		if options.Explain {
			explanation = deadline.ExplainIncident(options.Lang, aware)
		}
		return deadlineAnswer{
			line: fmt.Sprintf("%s %s", arg, due),
			record: struct {
				Input       string   `json:"input"`
				Due         string   `json:"due"`
				Explanation []string `json:"explanation,omitempty"`
			}{arg, due, explanation},
			explanation: explanation,
		}, nil
	})
}

func (c *deadlineCmd) explain(steps []deadline.Step) []string {
	if !c.Explain {
		return nil
	}
	return deadline.Explain(c.Lang, steps)
}

// answer reckons every argument before it prints the first line, so that bad input prints nothing but its error.
func (c *deadlineCmd) answer(args []string, in io.Reader, out io.Writer, reckon func(string) (deadlineAnswer, error)) error {
	fromStdin := len(args) == 1 && args[0] == "-"
	if fromStdin {
		var err error
		if args, err = readLines(in); err != nil {
			return err
		}
	}
	var page bytes.Buffer
	for i, arg := range args {
		if fromStdin && arg == "" {
			continue
		}
		answer, err := reckon(arg)
		switch {
		case err != nil && fromStdin:
			return fmt.Errorf("line %d %q: %w", i+1, arg, err)
		case err != nil:
			return fmt.Errorf("argument %q: %w", arg, err)
		}
		if err := c.write(&page, answer); err != nil {
			return err
		}
	}
	if _, err := page.WriteTo(out); err != nil {
		return fmt.Errorf("print due dates: %w", err)
	}
	return nil
}

func (c *deadlineCmd) write(page *bytes.Buffer, answer deadlineAnswer) error {
	if c.JSON {
		encoder := json.NewEncoder(page)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(answer.record)
	}
	fmt.Fprintln(page, answer.line)
	for _, sentence := range answer.explanation {
		fmt.Fprintln(page, "  "+sentence)
	}
	return nil
}

// readLines reads all lines, without the spaces around them.
func readLines(in io.Reader) ([]string, error) {
	var lines []string
	scanner := bufio.NewScanner(in)
	for scanner.Scan() {
		lines = append(lines, strings.TrimSpace(scanner.Text()))
	}
	if err := scanner.Err(); err != nil {
		return nil, fmt.Errorf("read standard input after line %d: %w", len(lines), err)
	}
	return lines, nil
}

// parseDeadlineDate reads a date in the years whose holidays package calendar knows.
func parseDeadlineDate(s string) (calendar.Date, error) {
	date, err := calendar.Parse(s)
	if err != nil {
		return calendar.Date{}, fmt.Errorf("%w; write it like 2026-03-05 (YYYY-MM-DD)", err)
	}
	const first, last = 2005, 9998 // the holidays have been these since 2005; the due date must have four digits of year too
	if date.Year < first || date.Year > last {
		return calendar.Date{}, fmt.Errorf("write a date as YYYY-MM-DD in the years %d to %d", first, last)
	}
	return date, nil
}

// parseDeadlineInstant is stricter than time.Parse, which takes a one-digit hour and a comma before the fraction too.
func parseDeadlineInstant(s string) (time.Time, error) {
	instant, err := time.Parse(time.RFC3339, s)
	if err != nil || s[len("2026-10-23T14")] != ':' || strings.Contains(s, ",") {
		return time.Time{}, errors.New("write an instant in RFC 3339 with its zone, for example 2026-10-23T14:30:00+02:00")
	}
	return instant, nil
}

func parsePauses(args []string) ([]deadline.Pause, error) {
	pauses := make([]deadline.Pause, 0, len(args))
	for _, arg := range args {
		from, to, _ := strings.Cut(arg, "..")
		asked, errFrom := calendar.Parse(from)
		replied, errTo := calendar.Parse(to)
		if errFrom != nil || errTo != nil || replied.Before(asked) {
			return nil, fmt.Errorf("--pause %q: write a pause as FROM..TO, the earlier date first, for example 2026-09-03..2026-09-10", arg)
		}
		pauses = append(pauses, deadline.Pause{From: asked, To: replied})
	}
	return pauses, nil
}
