package mail

// Compose lets tests see the bytes without a server.
func Compose(m Message) ([]byte, error) {
	c, err := compose(m)
	return c.raw, err
}
