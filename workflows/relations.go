package workflows

import "insyn/internal/sheet"

// Relations are what a person may be or have been to the municipality: the words of the spreadsheets' column Kopplingar and
// the codes they are stored as. A person who asks ticks them, and the activities that name them suggest whom to ask.
func Relations() sheet.Words {
	return sheet.Words{
		{Text: "barn i förskola", Code: "preschool-child", Also: []string{"förskolebarn"}},
		{Text: "elev", Code: "pupil"},
		{Text: "vårdnadshavare", Code: "guardian", Also: []string{"förälder"}},
		{Text: "vuxenstuderande", Code: "adult-student"},
		{Text: "klient", Code: "client"},
		{Text: "omsorgstagare", Code: "care-recipient"},
		{Text: "patient", Code: "patient"},
		{Text: "huvudman", Code: "ward"},
		{Text: "ställföreträdare", Code: "trustee", Also: []string{"god man", "förvaltare"}},
		{Text: "anhörig", Code: "relative"},
		{Text: "familjehem eller kontaktperson", Code: "foster-carer", Also: []string{"familjehem", "kontaktperson"}},
		{Text: "anställd", Code: "employee", Also: []string{"medarbetare"}},
		{Text: "arbetssökande", Code: "applicant"},
		{Text: "förtroendevald", Code: "politician"},
		{Text: "hyresgäst", Code: "tenant"},
		{Text: "fastighetsägare", Code: "property-owner"},
		{Text: "byggherre", Code: "builder"},
		{Text: "granne", Code: "neighbour"},
		{Text: "näringsidkare", Code: "business", Also: []string{"företagare"}},
		{Text: "kund", Code: "customer"},
		{Text: "låntagare", Code: "library-user"},
		{Text: "besökare eller deltagare", Code: "visitor", Also: []string{"besökare", "deltagare"}},
		{Text: "väljare", Code: "voter"},
		{Text: "förening", Code: "association"},
		{Text: "avsändare", Code: "correspondent"},
		{Text: "leverantör", Code: "supplier"},
	}
}
