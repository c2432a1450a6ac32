package history

// voice is what is said at a controller: what people ask about, what is found, and what cannot be released.
type voice struct {
	relation string // code of models.About.Relation
	asks     []string
	finds    []record
	secrets  []record // withheld; the ground and what the letter says stand beside
	question string   // when the clock is stopped
	answer   string
}

// record is a piece of material from one system. Title and text are the controller's own words.
type record struct {
	system, title, text string
	ground, explanation string // of a secret
}

// voiceOf is what is said at a controller.
func voiceOf(prefix string) voice {
	if v, ok := voices()[prefix]; ok {
		return v
	}
	return voices()["KS"]
}

func voices() map[string]voice {
	return map[string]voice{
		"KS": {relation: "employee",
			asks: []string{"Jag var anställd i kommunen och vill se allt som finns om min anställning och min lön.",
				"Jag sökte jobb hos er i våras. Vilka uppgifter har ni kvar om mig?",
				"Jag har skrivit till kommunledningen flera gånger. Vad har ni sparat?",
				"Jag vill veta vilka uppgifter om mig som finns i diariet."},
			finds: []record{
				{"Personalsystemet Heron", "Anställningsuppgifter", "Anställd som vikarie från 2 maj till 31 augusti. Månadslön, semesterdagar och frånvaro enligt lönespecifikationerna.", "", ""},
				{"Personalsystemet Heron", "Ansökan om tjänst", "Ansökan, personligt brev och meritförteckning till en tjänst som administratör.", "", ""},
				{"Dokumenta", "Skrivelse till kommunen", "E-post med fråga om gång- och cykelvägen vid Hamngatan och kommunens svar.", "", ""},
				{"E-postlådan kommunstyrelsen", "E-post till kommunledningen", "Fråga om öppettider i stadshuset, besvarad samma vecka.", "", ""}},
			secrets:  []record{{"Personalsystemet Heron", "Omdöme från en referensperson", "Referenspersonen berättar om samarbetet.", "art-15-4", "Den innehåller en annan persons egna omdömen, lämnade i förtroende."}},
			question: "Vilka år arbetade du hos oss, och hade du samma efternamn då?", answer: "Jag arbetade 2019 till 2021 och hette samma sak då."},
		"SN": {relation: "client",
			asks: []string{"Jag vill läsa hela min akt.", "Det gäller kontakten med familjeenheten. Jag vill se allt ni har skrivit om mig.",
				"Jag sökte ekonomiskt bistånd och vill se vad utredningen bygger på.", "Jag vill veta om det finns anmälningar om mig.",
				"Jag var placerad i familjehem som barn och vill ta del av min akt."},
			finds: []record{
				{"Vivera", "Utredning om ekonomiskt bistånd", "Ansökan, inkomster, beräkning och beslut om försörjningsstöd för tre månader.", "", ""},
				{"Vivera", "Journalanteckningar", "Anteckningar från möten och samtal med handläggaren.", "", ""},
				{"Socialtjänstens närarkiv", "Äldre personakt", "Avslutad akt på papper, 84 sidor, om kontaktfamilj.", "", ""},
				{"Skuldrådgivningen Balans", "Budgetrådgivning", "Sammanställning av inkomster och skulder inför ansökan om skuldsanering.", "", ""}},
			secrets: []record{
				{"Vivera", "Samtal med en anhörig", "En anhörig berättar om sin oro.", "osl-26-1", "Den innehåller uppgifter om en annan persons personliga förhållanden."},
				{"Vivera", "Anmälan", "En privatperson har hört av sig till socialtjänsten.", "osl-26-5", "Den kan visa vem som har lämnat uppgifter."}},
			question: "Gäller det tiden i Exempelby, eller bodde du i en annan kommun då?", answer: "Det gäller bara tiden i Exempelby, från 2016."},
		"BUN": {relation: "pupil",
			asks: []string{"Jag vill se allt som finns om min skolgång.", "Det gäller utredningen om särskilt stöd i årskurs 6.",
				"Vårt barn gick i förskolan Lekstugan. Vi vill se vad som finns sparat.", "Jag vill se elevhälsans anteckningar om mig.",
				"Jag vill se allt om skolskjutsen."},
			finds: []record{
				{"Elevregistret Skolsikt", "Skolgång och betyg", "Placeringar i årskurs 1 till 9 och slutbetyg.", "", ""},
				{"Elevhälsojournalen Prosana", "Elevhälsojournal", "Hälsobesök, vaccinationer och samtal med skolsköterskan.", "", ""},
				{"Lärplattformen Klassrummet", "Omdömen och meddelanden", "Skriftliga omdömen för två läsår och meddelanden mellan skola och hem.", "", ""},
				{"Elevstödsakterna", "Åtgärdsprogram", "Utredning om särskilt stöd och åtgärdsprogram med uppföljning.", "", ""},
				{"Förskolesystemet Kojan", "Placering i förskola", "Kötid, placering, schema och avgift.", "", ""}},
			secrets:  []record{{"Elevstödsakterna", "Utredning om kränkande behandling", "Andra elever berättar vad som hände.", "osl-23-2", "Den innehåller uppgifter om andra elever."}},
			question: "Vilka skolor gick du på, och vilka år?", answer: "Åsskolan till och med sexan, sedan Centralskolan."},
		"GAN": {relation: "pupil",
			asks: []string{"Jag gick på komvux och vill se vad ni har sparat.", "Jag vill se underlaget till antagningen i fjol.", "Jag vill se allt från min tid på gymnasiet."},
			finds: []record{
				{"Vuxenutbildningen Steget", "Studieplan och betyg", "Kurser i svenska och matematik, närvaro och betyg.", "", ""},
				{"Antagningen Valet", "Gymnasieval", "Val, meritvärde och beslut om antagning.", "", ""},
				{"Arbetsmarknadssystemet Framåt", "Feriejobb", "Ansökan om feriejobb och placering på en förskola.", "", ""}},
			secrets:  []record{{"Aktivitetsansvaret Unga", "Samtal med en förälder", "En förälder berättar om situationen hemma.", "osl-23-2", "Den innehåller uppgifter om en anhörig."}},
			question: "Gäller det komvux eller gymnasiet?", answer: "Båda, men mest komvux."},
		"VON": {relation: "client",
			asks: []string{"Jag vill se min journal från hemsjukvården.", "Jag vill se besluten om min hemtjänst och vad de bygger på.",
				"Jag vill se vad som hände när larmet gick i februari.", "Det gäller min ansökan om personlig assistans."},
			finds: []record{
				{"Vivera omsorg", "Beslut om hemtjänst", "Ansökan, utredning, beslut och genomförandeplan.", "", ""},
				{"Vårdjournalen Medis", "Journal från hemsjukvården", "Anteckningar från sjuksköterska och arbetsterapeut, läkemedelslista.", "", ""},
				{"Trygghetslarmen Trygga", "Larmhistorik", "Larm under tolv månader med tid och åtgärd.", "", ""}},
			secrets:  []record{{"Vivera omsorg", "Samtal med en anhörig", "En anhörig berättar om sin egen hälsa.", "osl-26-1", "Den innehåller uppgifter om en anhörigs hälsa."}},
			question: "Vilken enhet hade du kontakt med?", answer: "Hemtjänsten i Norra Exempelby."},
		"MBN": {
			asks:     []string{"Jag vill se allt om bygglovet på min fastighet.", "En granne har klagat på vår altan. Jag vill se vad ni har om mig.", "Jag vill se uppgifterna från livsmedelskontrollen."},
			finds:    []record{{"Ärendesystemet Bygga", "Bygglov för tillbyggnad", "Ansökan, ritningar, grannars yttranden och beslut.", "", ""}, {"Miljösystemet Ekot", "Tillsyn av enskilt avlopp", "Inspektion, foton och föreläggande.", "", ""}},
			secrets:  []record{{"Miljösystemet Ekot", "Klagomål", "Någon har klagat på rök.", "art-15-4", "Den kan visa vem som har klagat, och den personen kan fara illa av det."}},
			question: "Vilken fastighet gäller det?", answer: "Det gäller Exempelby 4:17."},
		"TN": {
			asks:    []string{"Jag vill se vad ni har om mitt vatten- och avfallsabonnemang.", "Jag fick en parkeringsbot och vill se alla uppgifter.", "Jag vill se min ansökan om färdtjänst och utredningen."},
			finds:   []record{{"VA- och avfallskunden Flödet", "Kunduppgifter och fakturor", "Abonnemang, mätarställningar och fakturor för tre år.", "", ""}, {"Färdtjänsten Resa", "Tillstånd till färdtjänst", "Ansökan, intyg och beslut.", "", ""}, {"Parkeringen Rutan", "Felparkeringsavgift", "Tid, plats, foto och bestridande.", "", ""}},
			secrets: []record{{"Felanmälan Gatan", "En annan persons anmälan", "En granne anmäler ett fordon.", "art-15-4", "Den innehåller en annan persons kontaktuppgifter."}}, question: "Vilken adress gäller abonnemanget?", answer: "Rönnvägen 12."},
		"KFN": {
			asks:    []string{"Jag vill se mina uppgifter på biblioteket.", "Vårt barn går i kulturskolan. Vilka uppgifter har ni?"},
			finds:   []record{{"Biblioteket Bokmalen", "Låntagare", "Kontaktuppgifter, två pågående lån och en reservation.", "", ""}, {"Kulturskolan Ton", "Elev i kulturskolan", "Kurs i fiol, närvaro och avgifter.", "", ""}},
			secrets: []record{{"Kulturskolan Ton", "Anteckning om en annan elev", "En annan elev nämns.", "art-15-4", "Den innehåller uppgifter om en annan elev."}}, question: "Har du ett lånekort, och vad har det för nummer?", answer: "Jag har tappat kortet men hade det 2023."},
		"RN": {
			asks:    []string{"Det brann hos mig i vintras. Jag vill se rapporten.", "Jag vill se protokollen från sotningen."},
			finds:   []record{{"Räddningssystemet Släcka", "Händelserapport", "Larm, förlopp och åtgärder vid brand i garage.", "", ""}, {"Sotningsregistret", "Brandskyddskontroll", "Protokoll från kontroll av eldstad.", "", ""}},
			secrets: []record{{"Räddningssystemet Släcka", "Vittnesuppgift", "Ett vittne berättar.", "art-15-4", "Den innehåller uppgifter om ett vittne."}}, question: "Vilken dag var händelsen?", answer: "Den 14 januari."},
		"ÖFN": {
			asks:    []string{"Jag är god man och vill se vad ni har antecknat om mig.", "Jag hade förvaltare och vill se akten."},
			finds:   []record{{"Överförmyndarsystemet Väktaren", "Akt om godmanskap", "Ansökan, årsräkningar, granskning och beslut om arvode.", "", ""}},
			secrets: []record{{"Överförmyndarsystemet Väktaren", "Skrivelse från en anhörig", "En anhörig klagar på ställföreträdaren.", "osl-26-1", "Den innehåller uppgifter om en anhörigs förhållanden."}}, question: "Gäller det dig som god man eller som huvudman?", answer: "Som god man."},
		"VN": {asks: []string{"Jag var röstmottagare och vill se vad ni har sparat."},
			finds:   []record{{"Valsystemet Rösten", "Uppdrag som röstmottagare", "Utbildning, arbetspass och ersättning.", "", ""}},
			secrets: []record{{"Valsystemet Rösten", "Anteckning om en kollega", "En annan röstmottagare nämns.", "art-15-4", "Den innehåller uppgifter om en annan röstmottagare."}}, question: "Vilket val gäller det?", answer: "Det senaste allmänna valet."},
		"REV": {asks: []string{"Jag intervjuades i en granskning och vill se vad som antecknades."},
			finds:   []record{{"Revisionens arbetsrum", "Intervju i en granskning", "Sammanfattning av intervjun, godkänd i mars.", "", ""}},
			secrets: []record{{"Revisionens arbetsrum", "Intervju med en annan person", "En annan person uttalar sig.", "art-15-4", "Den innehåller en annan persons uttalanden."}}, question: "Vilken granskning gäller det?", answer: "Den om hemtjänsten."},
		"EBAB": {relation: "tenant",
			asks:    []string{"Jag vill se allt om mitt hyresavtal och felanmälningarna.", "Jag står i bostadskön och vill se mina uppgifter.", "Någon har klagat på oss. Jag vill se vad som står."},
			finds:   []record{{"Hyressystemet Hemvist", "Hyresavtal", "Avtal om två rum och kök, hyror och betalningar.", "", ""}, {"Felanmälan Fixa", "Felanmälningar", "Fyra anmälningar med arbetsorder.", "", ""}, {"Låssystemet Porten", "Passager", "Passager med tagg under fjorton dagar.", "", ""}},
			secrets: []record{{"Hyressystemet Hemvist", "Störningsanmälan", "En granne har klagat på hög musik.", "dsl-5-1-company", "Den kan visa vem som har anmält."}}, question: "Vilken lägenhet gäller det?", answer: "Tallvägen 3, lägenhet 1204."},
		"EEAB": {asks: []string{"Jag vill se mina mätvärden och fakturor.", "Jag vill se vad ni har antecknat när jag ringt."},
			finds:   []record{{"Energikunden Volt", "Avtal och fakturor", "Elnätsavtal, fakturor för två år och anteckningar från samtal.", "", ""}, {"Mätvärdena Puls", "Timvärden", "Timvärden för tolv månader.", "", ""}},
			secrets: []record{{"Energikunden Volt", "Anteckning om medboende", "En medboende har ringt.", "dsl-5-1-company", "Den innehåller uppgifter om en annan person."}}, question: "Vilket anläggnings-id gäller det?", answer: "Det står på fakturan från mars: 735 999 123."},
		"SEH": {asks: []string{"Jag gick en kurs hos er och vill se mina uppgifter."},
			finds:   []record{{"Bokningen Salongen", "Bokningar", "Två bokningar av kurs och rum.", "", ""}},
			secrets: []record{{"Bokningen Salongen", "Anteckning om medresenär", "En medresenärs kostönskemål.", "dsl-5-1-company", "Den innehåller uppgifter om en annan gäst."}}, question: "Vilken kurs gick du?", answer: "Trädgårdskursen i maj."},
	}
}

// Texts that are the same everywhere.
const (
	textExtension  = "Handlingarna finns i flera arkiv och måste läsas sida för sida."
	textRemarks    = "En post nämner en annan person vid namn. Se över om den kan lämnas ut utan namnet."
	textReply      = "Posten är ändrad: namnet är borttaget."
	textSendBack   = "Ett bilagt protokoll saknas i underlaget. Lägg till det."
	textNote       = "Arkivet har ringt: handlingarna är framtagna."
	textMessage    = "Hej! Vi har börjat leta efter dina uppgifter och hör av oss om vi undrar något."
	textThanks     = "Tack! Hör gärna av er om ni undrar något."
	textCoordinate = "Vilka namn har du haft tidigare? Vi behöver det för att kunna söka i äldre register."
	textNames      = "Jag hette Sandell fram till 2014, sa personen per telefon."
)
