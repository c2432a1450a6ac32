package workflows

import (
	"context"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"insyn/models"
)

// codeLife is how long a one-time code can be used.
const codeLife = 15 * time.Minute

// codeSpace is how many codes there are: eight digits.
const codeSpace = 100_000_000

func codeLimits() (inquiry, from, address, open limit) {
	return limit{"code-inquiry", 5, time.Hour}, limit{"code-from", 60, time.Hour}, limit{"code-address", 10, time.Hour}, limit{"open-inquiry", 25, time.Hour}
}

// SendCode promises a one-time code to the address that an inquiry was asked from. It answers the same whether there is such an
// inquiry or not, and whether it has an address; only somebody who tries too often is told so. from is the network address.
func (s *Service) SendCode(ctx context.Context, id models.InquiryID, from string) error {
	inquiry, network, address, _ := codeLimits()
	if err := s.count(ctx, try{inquiry, id.String()}, try{network, from}); err != nil {
		return err
	}
	var to string
	err := s.system(ctx, func(tx *models.Tx) error {
		q, err := tx.Inquiry(id)
		if err != nil || !q.SubjectID.IsZero() {
			return err
		}
		who, err := tx.InquiryContact(q)
		to = who.Email
		return err
	})
	if errors.Is(err, ErrNotFound) || (err == nil && to == "") {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.count(ctx, try{address, strings.ToLower(to)}); err != nil {
		return nil //nolint:nilerr // told in no other way than that no more mails come: the answer must not tell that there is an address
	}
	return s.system(ctx, func(tx *models.Tx) error {
		c := &models.InquiryCode{ID: models.NewID[models.InquiryCode](), InquiryID: id, ExpiresAt: tx.Now.Add(codeLife)}
		c.Hash = s.codeHash(c.ID, s.code(c.ID))
		if err := tx.InsertCode(c); err != nil {
			return err
		}
		return promise(tx, models.Job{Kind: string(JobMailCode), Key: "mail-code:" + c.ID.String(), InquiryID: id}, map[string]any{"code": c.ID})
	})
}

// code is the one-time code with an id. It is derived under the lookup secret, which lies apart from the database, so that it is
// stored nowhere and a mail that has to be sent again is the same mail.
func (s *Service) code(id models.ID[models.InquiryCode]) string {
	n := binary.BigEndian.Uint64(s.Lookup.Token([]byte("inquiry-code"), id.String()))
	return fmt.Sprintf("%08d", n%codeSpace)
}

func (s *Service) codeHash(id models.ID[models.InquiryCode], code string) []byte {
	return s.Lookup.Token([]byte("inquiry-code-hash"), id.String()+" "+code)
}

// OpenByCode lets whoever has the one-time code of an inquiry read it: the code is used up, once, and the actor returned reaches
// that inquiry alone. A wrong code, a used one, one that is too old and an inquiry that is not there are the same answer.
func (s *Service) OpenByCode(ctx context.Context, id models.InquiryID, code, from string) (models.Actor, error) {
	_, network, _, open := codeLimits()
	if err := s.count(ctx, try{open, id.String()}, try{network, from}); err != nil {
		return models.Actor{}, err
	}
	code = strings.NewReplacer(" ", "", "\u00a0", "", "-", "").Replace(code)
	right := false
	err := s.system(ctx, func(tx *models.Tx) error {
		c, err := tx.TryCode(id)
		if err != nil {
			return err
		}
		// The attempt commits also when it is wrong.
		if subtle.ConstantTimeCompare(c.Hash, s.codeHash(c.ID, code)) != 1 {
			return nil
		}
		right = true
		return tx.ConsumeCode(c.ID)
	})
	if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrConflict) {
		return models.Actor{}, err
	}
	if err != nil || !right {
		return models.Actor{}, invalid("code", "error.code-wrong")
	}
	return models.InquirerActor(id), nil
}
