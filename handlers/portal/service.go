package portal

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"insyn/internal/oidc"
	"insyn/internal/session"
	"insyn/models"
	"insyn/workflows"
)

// Service is the use cases that residents have; *workflows.Service is it.
type Service interface {
	LoginResident(ctx context.Context, number string) (models.SubjectID, error)
	SealIdentity(ctx context.Context, who workflows.Identity) ([]byte, error)
	OpenIdentity(ctx context.Context, sealed []byte) (workflows.Identity, error)

	Controllers(ctx context.Context, actor models.Actor) ([]models.Controller, error)
	Suggest(ctx context.Context, actor models.Actor, relations []string) ([]workflows.Suggestion, error)
	NewDraft(ctx context.Context, actor models.Actor, right models.Right, lang string) (models.RequestID, error)
	Draft(ctx context.Context, actor models.Actor, id models.RequestID) (workflows.DraftView, error)
	OpenDrafts(ctx context.Context, actor models.Actor) ([]models.Draft, error)
	SaveDraft(ctx context.Context, actor models.Actor, id models.RequestID, version int, change func(*workflows.DraftForm)) error
	Attach(ctx context.Context, actor models.Actor, id models.RequestID, c models.ControllerID, f workflows.IncomingFile) (workflows.FileView, error)
	Detach(ctx context.Context, actor models.Actor, id models.RequestID, file models.FileID) error
	AttachMandate(ctx context.Context, actor models.Actor, id models.RequestID, f workflows.IncomingFile) (workflows.FileView, error)
	DetachMandate(ctx context.Context, actor models.Actor, id models.RequestID, file models.FileID) error
	DiscardDraft(ctx context.Context, actor models.Actor, id models.RequestID) error
	Submit(ctx context.Context, actor models.Actor, id models.RequestID, who workflows.Identity) (string, error)

	MyRequests(ctx context.Context, actor models.Actor) ([]workflows.MyRequest, error)
	MyRequest(ctx context.Context, actor models.Actor, number string) (workflows.MyRequest, error)
	ReadMessages(ctx context.Context, actor models.Actor, r workflows.MyRequest) error
	ProtectRequest(ctx context.Context, actor models.Actor, number string) error
	WithdrawRequest(ctx context.Context, actor models.Actor, number string, version int) error
	AnswerRequest(ctx context.Context, actor models.Actor, number string, version int, text string) error
	AttachAppeal(ctx context.Context, actor models.Actor, id models.CaseID, f workflows.IncomingFile) (workflows.FileView, error)
	DetachAppeal(ctx context.Context, actor models.Actor, id models.CaseID, file models.FileID) error
	OpenNotice(ctx context.Context, actor models.Actor, number string, file models.FileID) (io.ReadSeekCloser, workflows.FileView, error)
	OpenAnswer(ctx context.Context, actor models.Actor, file models.FileID) (io.ReadSeekCloser, workflows.FileView, error)
	ReopenAnswer(ctx context.Context, actor models.Actor, file models.FileID) (io.ReadSeekCloser, workflows.FileView, error)
	Apply(ctx context.Context, actor models.Actor, on workflows.On, in workflows.Input) error
	Record(ctx context.Context, actor models.Actor, on workflows.On, in workflows.Input) error
	inquiryService
}

// inquiryService is questions, with and without a login.
type inquiryService interface {
	Ask(ctx context.Context, actor models.Actor, in workflows.AskForm) (string, error)
	SendCode(ctx context.Context, id models.InquiryID, from string) error
	OpenByCode(ctx context.Context, id models.InquiryID, code, from string) (models.Actor, error)
	MyInquiries(ctx context.Context, actor models.Actor) ([]workflows.MyInquiry, error)
	MyInquiry(ctx context.Context, actor models.Actor, number string) (workflows.MyInquiry, error)
	InquiryByCode(ctx context.Context, actor models.Actor) (workflows.MyInquiry, error)
	ApplyInquiry(ctx context.Context, actor models.Actor, on workflows.OnInquiry, in workflows.InquiryInput) error
}

// Sessions is the residents' sessions; *session.Manager is it.
type Sessions interface {
	Handler(next http.Handler) http.Handler
	Login(ctx context.Context, l session.Login) error
	Current(ctx context.Context) (session.Login, bool)
	Logout(ctx context.Context) error
	PutPending(ctx context.Context, p session.Pending)
	TakePending(ctx context.Context, state string) (session.Pending, bool, error)
	PutGrant(ctx context.Context, g session.Grant)
	Grants(ctx context.Context) []session.Grant
	SetNotice(ctx context.Context, key string)
	TakeNotice(ctx context.Context) string
}

// Login is the e-ID provider; *oidc.Client is it.
type Login interface {
	Begin(ctx context.Context, redirectURL string, o oidc.Options) (string, oidc.Flow, error)
	Finish(ctx context.Context, flow oidc.Flow, answer url.Values) (oidc.Identity, error)
	EndSessionURL(ctx context.Context, afterwards string) (string, error)
}
