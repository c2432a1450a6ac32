package workflows

// seen gives what was read only if the transaction that notes the reading has committed: nobody is shown what the read log
// does not tell.
func seen[T any](v T, err error) (T, error) {
	if err != nil {
		var nothing T
		return nothing, err
	}
	return v, nil
}
