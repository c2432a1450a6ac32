package desk

import (
	"context"

	"insyn/models"
	"insyn/workflows"
)

// The desk's inquiries are tested over the real use cases, in the doors' own tests; here nobody has asked anything.

func (f *fakeService) Inquiries(context.Context, models.Actor) ([]workflows.InquiryDesk, error) {
	return nil, nil
}
func (f *fakeService) OpenInquiries(context.Context, models.Actor) (int, error) { return 0, nil }
func (f *fakeService) InquiryPage(context.Context, models.Actor, string) (workflows.InquiryView, error) {
	return workflows.InquiryView{}, workflows.ErrNotFound
}
func (f *fakeService) ApplyInquiry(context.Context, models.Actor, workflows.OnInquiry, workflows.InquiryInput) error {
	return workflows.ErrNotFound
}
