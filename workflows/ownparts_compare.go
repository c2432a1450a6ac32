package workflows

import "regexp"

// OwnChange is a piece of text that two versions have in common, or that only one of them has.
type OwnChange struct {
	Text string
	Gone bool // only in the earlier
	New  bool // only in the later
}

var ownTokens = regexp.MustCompile(`\n|[^\s]+[^\S\n]*|[^\S\n]+`)

// CompareOwn tells word by word how a text became another: what they have in common in order, and between it what is gone and
// what is new. Both are short, so the longest common sequence is sought the plain way.
func CompareOwn(earlier, later string) []OwnChange {
	a, b := ownTokens.FindAllString(earlier, -1), ownTokens.FindAllString(later, -1)
	common := make([][]int, len(a)+1) // common[i][j]: how many words a[i:] and b[j:] share
	common[len(a)] = make([]int, len(b)+1)
	for i := len(a) - 1; i >= 0; i-- {
		common[i] = make([]int, len(b)+1)
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []OwnChange
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = addChange(out, OwnChange{Text: a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out = addChange(out, OwnChange{Text: a[i], Gone: true})
			i++
		default:
			out = addChange(out, OwnChange{Text: b[j], New: true})
			j++
		}
	}
	return out
}

// addChange joins pieces of the same kind.
func addChange(all []OwnChange, c OwnChange) []OwnChange {
	if n := len(all); n > 0 && all[n-1].Gone == c.Gone && all[n-1].New == c.New {
		all[n-1].Text += c.Text
		return all
	}
	return append(all, c)
}
