package deadline

// invalid is a constant error, so that the package has no variable to overwrite.
type invalid string

func (e invalid) Error() string { return string(e) }

// What Validate may find wrong.
const (
	ErrNoReceipt           invalid = "the day of receipt is missing"
	ErrReceivedAfterPost   invalid = "the day of receipt is after the day the post arrived"
	ErrPauseWithoutStart   invalid = "a pause has no first day"
	ErrPauseBeforeReceipt  invalid = "a pause begins before the day of receipt"
	ErrPauseEndsBeforeFrom invalid = "a pause ends before it begins"
)

// Validate reports what makes the input meaningless, as one of the errors above, or nil. Whether a pause was asked for
// in time, and may be made at all, is for the caller's rules.
func (in Input) Validate() error {
	received := in.Received
	if received.IsZero() {
		if in.Emptied.IsZero() {
			return ErrNoReceipt
		}
		received = DeemedReceived(in.Emptied)
	} else if !in.Emptied.IsZero() && received.After(in.Emptied) {
		return ErrReceivedAfterPost
	}
	for _, p := range in.Pauses {
		switch {
		case p.From.IsZero():
			return ErrPauseWithoutStart
		case p.From.Before(received):
			return ErrPauseBeforeReceipt
		case !p.To.IsZero() && p.To.Before(p.From):
			return ErrPauseEndsBeforeFrom
		}
	}
	return nil
}
