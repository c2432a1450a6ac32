package main

import "insyn/internal/visitor"

const (
	nameSigne = "Signe Åkerman"
	mailSigne = "signe.akerman@post.example"

	numberSigne = "194904202621"
)

// askedAt is one controller of the municipality and those who are told of a new case there.
type askedAt struct {
	prefix, name string
	ombuds       []string // addresses
}

// everyController looks behind the doors: who there is to ask, and who answers there.
func (t *tour) everyController() []askedAt {
	rows, err := t.admin.Query(t.ctx, `select c.prefix, c.name, array_agg(s.email order by s.email) from controllers c
		join assignments a on a.controller_id = c.id and a.role = 'ombud' and a.ended_at is null and a.valid_from <= $1::date
			and (a.valid_to is null or a.valid_to >= $1::date)
		join staff s on s.id = a.staff_id where c.valid_to is null or c.valid_to >= $1::date
		group by c.prefix, c.name, c.position order by c.position, c.name`, t.today().String())
	t.must(err)
	defer rows.Close()
	var out []askedAt
	for rows.Next() {
		var at askedAt
		t.must(rows.Scan(&at.prefix, &at.name, &at.ombuds))
		out = append(out, at)
	}
	t.must(rows.Err())
	return out
}

// signeAsksAll: one request to every controller, one case at each with its own people, and everything taken back at once.
func (t *tour) signeAsksAll() {
	all := t.everyController()
	t.check(len(all) == 15, "expected fifteen controllers, but there are %d", len(all))
	signe := t.resident(nameSigne)
	signe.open("/ny").send(signe.form(visitor.ActionEnds("/ny")), "")
	f := signe.form(visitor.HasField("namnd"))
	for _, at := range all {
		f.Tick("namnd", at.prefix)
	}
	signe.send(f, "Fortsätt")
	for range all {
		signe.send(signe.form(visitor.HasField("from")), "Fortsätt").status(200)
	}
	signe.send(signe.form(visitor.HasField("answer")).Choose("answer", "portal").Fill("address", "Rönnbärsvägen 2, 999 12 Exempelby").Fill("phone", "070-174 06 61").Fill("email", mailSigne).Choose("language", "sv"), "Fortsätt")
	for _, at := range all {
		signe.sees(at.name)
	}
	signe.send(signe.form(visitor.ActionEnds("/skicka")), "").sees("Din begäran har kommit in")
	number := requestNumber.FindString(signe.page.Text())
	t.expect("receipt", number, mailSigne)
	for _, at := range all {
		for _, address := range at.ombuds {
			t.expect("new-case", number+"-"+at.prefix, address)
		}
	}
	t.settle()
	t.eachHasOne(number, all)
	signe.open("/mina/" + number + "/ta-tillbaka")
	signe.send(signe.form(visitor.HasField("vad")).Choose("vad", "alla"), "").sees("Du har tagit tillbaka")
	t.expect("withdrawn", number, mailSigne)
	t.settle()
	t.tell("Signe frågar alla femton. Var och en får ett ärende, med eget nummer och egen dag. Hon tar tillbaka allt på en gång")
}

// eachHasOne: fifteen cases, none of which says that there are others.
func (t *tour) eachHasOne(number string, all []askedAt) {
	t.servicecenter().open("/arbete/begaran/" + number)
	for _, at := range all {
		t.servicecenter().sees(at.name)
	}
	for _, at := range []string{"KS", "SN", "BUN", "EBAB"} {
		p := t.ombud(at)
		p.open(deskCase(number + "-" + at)).sees(nameSigne)
		for _, other := range all {
			if other.prefix != at {
				p.misses(number + "-" + other.prefix)
			}
		}
		p.absent(deskCase(number+"-"+other(at)), deskCase("INS-2027-09999-"+other(at)))
	}
}

// other is another controller than this.
func other(at string) string {
	if at == "KS" {
		return "SN"
	}
	return "KS"
}
