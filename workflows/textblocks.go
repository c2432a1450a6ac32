package workflows

// TextBlocks lists the codes of the answers that the product brings to common questions. Their words are texts like all others:
// block.<code>.title and block.<code>.text, in Swedish and English. They are a beginning that whoever answers goes on from.
func TextBlocks() []string {
	return []string{"access", "correct", "erase", "consent", "object", "how-long", "who-else", "legal-basis", "time", "document",
		"complain", "no-eid", "child", "other-person", "request-login", "dso"}
}
