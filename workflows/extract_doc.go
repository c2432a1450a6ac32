package workflows

import (
	"context"

	"insyn/internal/sheet"
	"insyn/models"
	"insyn/templates"
)

// doc is the extract for reading. What there may be much of is read while it is drawn.
func (x *extract) doc(ctx context.Context) templates.ExtractDoc {
	d := templates.ExtractDoc{Controller: letterhead(x.ctl), Number: x.c.Number, Made: x.made, Person: x.request.Name, Received: x.c.ReceivedOn,
		Withheld: x.withheld, Parts: x.parts, OwnActivities: activityDocs(x.ownActivities), FileCount: len(x.numbers)}
	if x.c.DiaryNumber != nil {
		d.Diary = *x.c.DiaryNumber
	}
	for _, s := range x.systems {
		d.Systems = append(d.Systems, templates.ExtractSystem{Name: s.name, Activities: activityDocs(s.activities), Count: s.count,
			Items: func(visit func(templates.ExtractItem) error) error {
				return x.items(ctx, s, func(i models.Item) error { return visit(x.itemDoc(ctx, i)) })
			}})
	}
	if d.FileCount > 0 {
		d.Files = func(visit func(templates.ExtractFile) error) error {
			return x.eachFile(ctx, func(i models.Item) error { return visit(*x.fileDoc(i)) })
		}
	}
	for _, o := range x.own {
		text := o.Text
		if o.Kind == ownRequest && text == "" {
			text = x.s.Templates.T(x.c.Language, "extract.own.everything", nil)
		}
		d.Own = append(d.Own, templates.OwnData{Title: x.s.Templates.T(x.c.Language, "extract.own."+o.Kind, nil), At: o.At, Text: text, File: o.File})
	}
	return d
}

func activityDocs(rows []extractActivity) []templates.ExtractActivity {
	var out []templates.ExtractActivity
	for _, a := range rows {
		out = append(out, templates.ExtractActivity{Name: a.Name, Purpose: a.Purpose, LegalBasis: a.LegalBasis, Categories: a.Categories,
			Recipients: a.Recipients, Storage: a.Storage, Source: a.Source, Automated: a.Automated, ThirdCountry: a.ThirdCountry})
	}
	return out
}

func (x *extract) itemDoc(ctx context.Context, i models.Item) templates.ExtractItem {
	item := templates.ExtractItem{Title: i.TitleText, Text: i.BodyText}
	if i.File == nil {
		return item
	}
	item.File = x.fileDoc(i)
	for _, t := range x.tables[i.FileID] {
		item.Tables = append(item.Tables, x.tableDoc(ctx, i.FileID, t))
	}
	return item
}

func (x *extract) fileDoc(i models.Item) *templates.ExtractFile {
	return &templates.ExtractFile{Path: x.path(*i.File), Title: i.TitleText, Name: i.File.NameText, Size: i.File.Size, SHA256: contentHash(i)}
}

func (x *extract) tableDoc(ctx context.Context, file models.FileID, t *sheet.Records) templates.ExtractTable {
	return templates.ExtractTable{Name: t.Name, Headings: t.Headings, Rows: t.Rows, Longest: t.Longest,
		Each: func(visit func([]string) error) error { return x.rows(ctx, file, t, visit) }}
}
