package portal_test

import (
	"context"

	"insyn/models"
	"insyn/workflows"
)

// Questions are tested over the real use cases, in the doors' own tests; here nobody has asked anything.

func (u *useCases) Ask(context.Context, models.Actor, workflows.AskForm) (string, error) {
	return "FRG-2026-00001", nil
}
func (u *useCases) SendCode(context.Context, models.InquiryID, string) error { return nil }
func (u *useCases) OpenByCode(context.Context, models.InquiryID, string, string) (models.Actor, error) {
	return models.Actor{}, workflows.ErrNotFound
}
func (u *useCases) MyInquiries(context.Context, models.Actor) ([]workflows.MyInquiry, error) {
	return nil, nil
}
func (u *useCases) MyInquiry(context.Context, models.Actor, string) (workflows.MyInquiry, error) {
	return workflows.MyInquiry{}, workflows.ErrNotFound
}
func (u *useCases) InquiryByCode(context.Context, models.Actor) (workflows.MyInquiry, error) {
	return workflows.MyInquiry{}, workflows.ErrNotFound
}
func (u *useCases) ApplyInquiry(context.Context, models.Actor, workflows.OnInquiry, workflows.InquiryInput) error {
	return workflows.ErrNotFound
}
