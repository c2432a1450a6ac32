package history

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"insyn/workflows"
)

// resident is an invented person with an official test number.
type resident struct {
	workflows.Identity
	email, phone, address string
}

// newResident is the n-th resident: the same number always has the same name.
func newResident(n int) resident {
	all := numbers()
	number := all[n%len(all)]
	rnd := rand.New(rand.NewPCG(uint64(n%len(all)), 7)) //nolint:gosec // invented names
	given := women()
	if (number[10]-'0')%2 == 1 { // the last figure but one is odd for men
		given = men()
	}
	first, last := given[rnd.IntN(len(given))], families()[rnd.IntN(len(families()))]
	mailbox := strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "é", "e", "ć", "c").Replace(strings.ToLower(first + "." + last))
	return resident{Identity: workflows.Identity{Name: first + " " + last, Number: number}, email: mailbox + "@post.example",
		phone:   fmt.Sprintf("070-174 06 %02d", 5+rnd.IntN(95)),
		address: fmt.Sprintf("%s %d\n999 %02d Exempelby", streets()[rnd.IntN(len(streets()))], 1+rnd.IntN(60), 20+rnd.IntN(20))}
}

func women() []string {
	return []string{"Agnes", "Alva", "Annika", "Aida", "Berit", "Britt", "Cecilia", "Desirée", "Ebba", "Elsa", "Farida", "Frida", "Gun", "Hanna", "Ines", "Ingrid",
		"Jenny", "Karin", "Katarzyna", "Lina", "Lovisa", "Malin", "Marika", "Nour", "Olga", "Petra", "Rana", "Saga", "Selma", "Siv", "Svea", "Tove", "Ulla", "Vera", "Yasmin"}
}

func men() []string {
	return []string{"Abdi", "Albin", "Anton", "Arvid", "Bengt", "Carl", "Dawit", "Edvin", "Elias", "Emil", "Folke", "Gunnar", "Hassan", "Hugo", "Ivar", "Jan", "Jesper",
		"Kjell", "Lars", "Linus", "Love", "Marek", "Melker", "Milan", "Nils", "Olle", "Ove", "Per", "Rickard", "Sixten", "Sture", "Tor", "Ulf", "Viggo", "Zoran"}
}

func families() []string {
	return []string{"Abrahamsson", "Ahmadi", "Almgren", "Bark", "Berglind", "Björkman", "Dahlbom", "Ekdahl", "Elofsson", "Falk", "Forsell", "Granat", "Hellberg", "Hjelm",
		"Idris", "Jonasson", "Jovanović", "Kallas", "Kvist", "Ljung", "Lövdahl", "Mellgren", "Moberg", "Nordin", "Nowak", "Oskarsson", "Palm", "Qvist", "Rask", "Rosén",
		"Saleh", "Sjöholm", "Sköld", "Stål", "Sundin", "Tapper", "Torell", "Viklund", "Wadström", "Ygberg", "Åström", "Ärlig", "Öhrn"}
}

func streets() []string {
	return []string{"Björkvägen", "Dammgatan", "Enstigen", "Fjärilsgatan", "Granitvägen", "Hagtornsvägen", "Järnvägsgatan", "Kornstigen", "Lingonvägen", "Mossgatan",
		"Nygatan", "Ormbunksvägen", "Prästgatan", "Rönnvägen", "Smedjegatan", "Tegelbruksvägen", "Utsiktsvägen", "Vallmogatan", "Åkervägen", "Ängsstigen"}
}
