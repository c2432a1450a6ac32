package desk

import (
	"context"
	"io"

	"insyn/internal/calendar"
	"insyn/models"
	"insyn/workflows"
)

// Service is what the desk asks of the use cases; *workflows.Service in production. It is declared here, by its consumer,
// so that page logic can be tested at this border.
type Service interface {
	staffService
	caseService
	intakeService
	protectService
	inquiryService
	filingService
	administrationService
	lettersService
	printService
	// ReadLog lists page views: the actor's own, or those of others for a DSO or log reviewer.
	ReadLog(ctx context.Context, actor models.Actor, f workflows.LogFilter) ([]workflows.TimelineEntry, error)
}

// staffService is who the staff are and what they may do today.
type staffService interface {
	LoginStaff(ctx context.Context, issuer, sub, verifiedMail string) (models.Staff, error)
	StaffActor(ctx context.Context, id models.StaffID) (models.Actor, models.Staff, []models.Controller, error)
}

// caseService is the cases of the actor's controllers.
type caseService interface {
	Queue(ctx context.Context, actor models.Actor, f workflows.QueueFilter) (workflows.Queue, error)
	ProcessingRegister(ctx context.Context, actor models.Actor, f workflows.RegisterFilter) ([]workflows.RegisterView, error)
	OpenAppeals(ctx context.Context, actor models.Actor, at models.ControllerID) ([]workflows.AppealItem, error)
	CasePage(ctx context.Context, actor models.Actor, number string, at ...workflows.MaterialAt) (workflows.CaseView, error)
	CaseFile(ctx context.Context, actor models.Actor, number string, file models.FileID) (io.ReadSeekCloser, workflows.FileView, error)
	Preview(ctx context.Context, actor models.Actor, number string, as workflows.PreviewForm) ([]byte, error)
	PreviewExtract(ctx context.Context, actor models.Actor, number string) (func(io.Writer) error, error)
	Apply(ctx context.Context, actor models.Actor, on workflows.On, in workflows.Input) error
	Record(ctx context.Context, actor models.Actor, on workflows.On, in workflows.Input) error
}

// intakeService is the shared part of requests, for the servicecenter.
type intakeService interface {
	Intake(ctx context.Context, actor models.Actor, after workflows.IntakeCursor) ([]workflows.IntakeItem, bool, error)
	IntakePage(ctx context.Context, actor models.Actor, number string) (workflows.IntakeView, error)
	PassOnAppeal(ctx context.Context, actor models.Actor, number string, version int, in workflows.Paper) error
	AskPerson(ctx context.Context, actor models.Actor, number string, version int, text string, until calendar.Date) error
	ForwardRequest(ctx context.Context, actor models.Actor, number string, version int, in workflows.Forward) error
	ReceiptFile(ctx context.Context, actor models.Actor, number string) (io.ReadSeekCloser, workflows.FileView, error)
	IntakeNotice(ctx context.Context, actor models.Actor, number string, id models.FileID) (io.ReadSeekCloser, workflows.FileView, error)
	RecordAnswer(ctx context.Context, actor models.Actor, number string, version int, text string) error
	AddController(ctx context.Context, actor models.Actor, number string, version int, c models.ControllerID, reason string) error
	RemoveController(ctx context.Context, actor models.Actor, number string, version int, c models.CaseID, wish string) error
}

// protectService is who has protected personal data, and what of it is left without anybody.
type protectService interface {
	ProtectCase(ctx context.Context, actor models.Actor, number string) error
	UnprotectCase(ctx context.Context, actor models.Actor, number, reason string) error
	ProtectRequest(ctx context.Context, actor models.Actor, number string) error
	UnprotectRequest(ctx context.Context, actor models.Actor, number, reason string) error
	UnhandledProtected(ctx context.Context, actor models.Actor) (int, error)
}

// inquiryService is questions, for the three tiers that answer them.
type inquiryService interface {
	Inquiries(ctx context.Context, actor models.Actor) ([]workflows.InquiryDesk, error)
	OpenInquiries(ctx context.Context, actor models.Actor) (int, error)
	InquiryPage(ctx context.Context, actor models.Actor, number string) (workflows.InquiryView, error)
	ApplyInquiry(ctx context.Context, actor models.Actor, on workflows.OnInquiry, in workflows.InquiryInput) error
}

// printService is letters on paper.
type printService interface {
	PrintDay(ctx context.Context, actor models.Actor, only models.ControllerID) (workflows.PrintDay, error)
	MakeBatch(ctx context.Context, actor models.Actor, c models.ControllerID) (models.ID[models.PrintBatch], error)
	BatchPage(ctx context.Context, actor models.Actor, id models.ID[models.PrintBatch]) (workflows.BatchView, error)
	PrintBatch(ctx context.Context, actor models.Actor, id models.ID[models.PrintBatch]) (workflows.PrintFile, error)
	SendBatch(ctx context.Context, actor models.Actor, id models.ID[models.PrintBatch], in workflows.SendForm) error
	CoverSheets(ctx context.Context, actor models.Actor) (workflows.PrintFile, error)
	SendApart(ctx context.Context, actor models.Actor, in workflows.SendLetter) error
}

// filingService is requests that come another way than through the e-service, who acts in them, and what is handed over.
type filingService interface {
	Controllers(ctx context.Context, actor models.Actor) ([]models.Controller, error)
	NewRegistration() models.RequestID
	Register(ctx context.Context, actor models.Actor, in workflows.Registration) (string, error)
	CheckIdentity(ctx context.Context, actor models.Actor, number string, version int, how models.IdentityMethod) error
	VerifyMandate(ctx context.Context, actor models.Actor, number string, version int, how string, until calendar.Date) error
	RejectMandate(ctx context.Context, actor models.Actor, number string, version int, reason string) error
	EndMandate(ctx context.Context, actor models.Actor, number string, version int, reason string) error
	OpenMandate(ctx context.Context, actor models.Actor, number string, file models.FileID) (io.ReadSeekCloser, workflows.FileView, error)
	Envelopes(ctx context.Context, actor models.Actor) ([]workflows.EnvelopeRow, error)
	HandOverEnvelope(ctx context.Context, actor models.Actor, id models.ID[models.Envelope], how models.IdentityMethod) error
	ReturnEnvelope(ctx context.Context, actor models.Actor, id models.ID[models.Envelope]) error
}
