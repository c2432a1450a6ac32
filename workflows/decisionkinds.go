package workflows

// DecisionKinds lists the kinds of decision that a delegation may cover, as they are written in the spreadsheets: for each
// right its outcomes, and the extension of the time for an answer.
func DecisionKinds() []string {
	var kinds []string
	for _, right := range []string{"access", "rectification", "erasure"} {
		for _, outcome := range []string{"grant", "supplement", "partial", "refuse", "nothing-found", "neutral"} {
			if outcome == "supplement" && right != "rectification" {
				continue // only what is incomplete can be supplemented (art 16)
			}
			kinds = append(kinds, right+"-"+outcome)
		}
	}
	return append(kinds, "extension")
}
