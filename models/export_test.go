package models

import "gorm.io/gorm"

// ActorSettings shows the tests what a transaction of the actor sets, so that raw SQL can stand in the actor's shoes.
func ActorSettings(a Actor) [][2]string { return a.settings() }

// DB gives the tests the bare transaction, for what only a test does: breaking things half way.
func (tx *Tx) DB() *gorm.DB { return tx.db }

// EachItemOf visits what read gives, as both EachItem do.
func EachItemOf(read func(ItemQuery) ([]Item, error), q ItemQuery, visit func(Item) error) error {
	return eachItem(read, q, visit)
}
