package i18n_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"insyn/internal/i18n"
)

func TestLinesDoNotBreakWhereTheyMustNot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{ // ~ is a no-break space, = a no-break hyphen
		{"senast 1 april 2027", "senast 1~april 2027"},
		{"den 3 maj och 12 december", "den 3~maj och 12~december"},
		{"on 1 April", "on 1~April"},
		{"kl. 9.12", "kl.~9.12"},
		{"kl. {time}", "kl.~{time}"},
		{"26 kap. 5 § offentlighets- och", "26~kap.~5~§ offentlighets- och"},
		{"2 kap. 3 a § lagen", "2~kap.~3~a~§ lagen"},
		{"enligt artikel 15 och artiklarna 12", "enligt artikel~15 och artiklarna~12"},
		{"Article 77", "Article~77"},
		{"Chapter 5, Section 1 of", "Chapter~5, Section~1 of"},
		{"punkt 4.3", "punkt~4.3"},
		{"§ 18", "§~18"},
		{"999 99 Exempelby", "999~99 Exempelby"},
		{"50 MB", "50~MB"},
		{"e-tjänsten och E-legitimation, e-post, e-ID", "e=tjänsten och E=legitimation, e=post, e=ID"},
		{"the e-service", "the e=service"},
		{"Kultur- och fritidsnämnden", "Kultur- och fritidsnämnden"},
		{"0980-31 92 00", "0980-31 92 00"},
		{"INS-2027-00042", "INS-2027-00042"},
	} {
		want := strings.NewReplacer("~", "\u00a0", "=", "\u2011").Replace(c.want)
		if got := i18n.NoBreak(c.text); got != want {
			t.Errorf("%q: %q, want %q", c.text, got, want)
		}
	}
}

func TestNoBreakChangesSpacesAndHyphensOnlyAndOnce(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"1", "26", "999", " ", " ", "kap.", "§", "april", "kl.", "e-tjänst", "artikel", "MB", "a", "Åby", "{x}", ".", "-"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")
		once := i18n.NoBreak(text)
		if i18n.Plain(once) != text {
			t.Fatalf("%q became %q", text, once)
		}
		if twice := i18n.NoBreak(once); twice != once {
			t.Fatalf("%q, then %q", once, twice)
		}
	})
}
