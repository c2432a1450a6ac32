package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"insyn/models"
	"insyn/workflows"
)

// demoOwnTexts is what Exempelby says in its own words in letters and extracts. The numbers are the municipality's invented ones.
func demoOwnTexts() []workflows.NewOwnPart {
	return []workflows.NewOwnPart{
		{Slot: "opening",
			Swedish: "Vill du få brevet uppläst, eller få hjälp att förstå det? Ring oss, så hjälper vi dig.",
			English: "Would you like to have this letter read to you, or to have it explained? Call us and we will help you."},
		{Slot: "help",
			Swedish: "Ring Servicecenter på 0980-31 92 00. Vi svarar vardagar 8–16. Du kan också komma till Stadshuset på Torggatan 1.\n\n- Vi kan läsa brevet för dig.\n- Vi kan ordna en tolk. Det kostar inget.\n- Du får gärna ta med någon du litar på.",
			English: "Call the service centre at +46 980 31 92 00. We answer on weekdays 8–16. You can also come to the town hall at Torggatan 1.\n\n- We can read the letter to you.\n- We can arrange an interpreter. It costs nothing.\n- You are welcome to bring somebody you trust."},
		{Slot: "extract",
			Swedish: "Läs sammanfattningen först. Sedan kommer uppgifterna, ett system i taget. Är det något du inte förstår, ring oss.",
			English: "Read the summary first. Then come the data, one system at a time. If there is anything you do not understand, call us."},
		{Slot: "receipt",
			Swedish: "Spara kvittot. Ha numret till hands när du ringer.\nVill du hämta svaret hos oss? Ta med legitimation till Stadshuset på Torggatan 1, vardagar 8–16.",
			English: "Keep the receipt. Have the number at hand when you call.\nWould you like to collect the answer from us? Bring identification to the town hall at Torggatan 1, weekdays 8–16."},
		{Slot: "complete",
			Swedish: "Så kan du svara:\n- Logga in i e-tjänsten och skriv där.\n- Kom till Stadshuset på Torggatan 1, vardagar 8–16. Ta med legitimation.\n- Skicka ett brev till Exempelby kommun, 999 99 Exempelby.",
			English: "This is how you can answer:\n- Log in to the e-service and write there.\n- Come to the town hall at Torggatan 1, weekdays 8–16. Bring identification.\n- Send a letter to Exempelby kommun, 999 99 Exempelby."},
	}
}

// writeOwnTexts lets the administrator write Exempelby's own texts, at the first start. What has been written since stays.
func (s *stack) writeOwnTexts(ctx context.Context) error {
	admin, err := s.demoAdministrator(ctx)
	if err != nil {
		return err
	}
	for _, text := range demoOwnTexts() {
		v, err := s.service.OwnSlot(ctx, admin, text.Slot, "")
		if err != nil {
			return err
		}
		if v.Latest() > 0 {
			continue
		}
		if _, err := s.service.SaveOwnPart(ctx, admin, text); err != nil {
			return fmt.Errorf("the demo's own text %s: %w", text.Slot, err)
		}
	}
	return nil
}

func (s *stack) demoAdministrator(ctx context.Context) (models.Actor, error) {
	i := slices.IndexFunc(s.Roster, func(r models.RosterRow) bool { return r.Role == models.RoleAdmin })
	if i < 0 {
		return models.Actor{}, errors.New("the demo has no administrator")
	}
	var staff models.Staff
	err := s.storeOf().InTx(ctx, models.SystemActor(), func(tx *models.Tx) (err error) {
		staff, err = tx.StaffByEmail(s.Roster[i].Email)
		return err
	})
	if err != nil {
		return models.Actor{}, err
	}
	admin, _, _, err := s.service.StaffActor(ctx, staff.ID)
	return admin, err
}
