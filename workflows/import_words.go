package workflows

import (
	"insyn/internal/sheet"
	"insyn/models"
)

func importControllerKinds() sheet.Words {
	return sheet.Words{
		{Text: "nämnd", Code: string(models.KindNamnd), Also: []string{"namnd"}},
		{Text: "styrelse", Code: string(models.KindStyrelse), Also: []string{"kommunstyrelse"}},
		{Text: "revision", Code: string(models.KindRevision)},
		{Text: "bolag", Code: string(models.KindBolag), Also: []string{"aktiebolag"}},
		{Text: "stiftelse", Code: string(models.KindStiftelse)},
	}
}

func importRoles() sheet.Words {
	return sheet.Words{
		{Text: "servicecenter", Code: string(models.RoleServicecenter)},
		{Text: "personuppgiftsombud", Code: string(models.RoleOmbud), Also: []string{"ombud"}},
		{Text: "beslutsfattare", Code: string(models.RoleDecider)},
		{Text: "dataskyddsombud", Code: string(models.RoleDSO), Also: []string{"dso"}},
		{Text: "registrator", Code: string(models.RoleRegistrator)},
		{Text: "logggranskare", Code: string(models.RoleLogReviewer), Also: []string{"loggranskare"}},
		{Text: "administratör", Code: string(models.RoleAdmin)},
	}
}

// importYesNos are the two words of a template's list; the reader takes more.
func importYesNos() sheet.Words {
	return sheet.Words{{Text: "ja", Code: "ja"}, {Text: "nej", Code: "nej"}}
}

func importYesNo(b bool) string {
	if b {
		return "ja"
	}
	return "nej"
}

// importDecisionKinds are the kinds of decision that a delegation may cover; they are written as they are.
func importDecisionKinds() sheet.Words {
	var words sheet.Words
	for _, code := range DecisionKinds() {
		words = append(words, sheet.Word{Text: code, Code: code})
	}
	return words
}

// importRoleAnywhere tells whether a role belongs to no controller.
func importRoleAnywhere(r models.Role) bool {
	return r == models.RoleServicecenter || r == models.RoleLogReviewer || r == models.RoleAdmin
}

// importRoleCleared tells whether a role can be allowed to handle protected persons. The log reviewer sees pseudonyms and the
// administrator no case at all (design.md section 6).
func importRoleCleared(r models.Role) bool {
	return r != models.RoleLogReviewer && r != models.RoleAdmin
}
