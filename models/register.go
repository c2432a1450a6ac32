package models

import "insyn/internal/calendar"

// ActivityAbout is what anyone may know of an activity: whose it is, what it is called, and one of those it is about.
type ActivityAbout struct {
	ControllerID ControllerID
	Relation     string
	Activity     string
}

// ActivitiesAbout lists the activities that are about people with any of the relations on a civil date, of every controller that
// exists then. It reads through the narrow door that is open to everybody (activities_about): nothing else of the register.
func (tx *Tx) ActivitiesAbout(relations []string, day calendar.Date) ([]ActivityAbout, error) {
	if len(relations) == 0 {
		return nil, nil
	}
	return raw[ActivityAbout](tx, "select * from activities_about(?, ?) order by controller_id, relation, activity", TextArray(relations), day)
}

// RegisterSystems lists every system of the controllers given that the actor may see, also those that have ended.
func (tx *Tx) RegisterSystems(at []ControllerID) ([]System, error) {
	if len(at) == 0 {
		return nil, nil
	}
	return raw[System](tx, "select * from systems where controller_id in ? order by controller_id, position, name", at)
}

// RegisterActivities lists every activity of the controllers given that the actor may see, also those that have ended.
func (tx *Tx) RegisterActivities(at []ControllerID) ([]Activity, error) {
	if len(at) == 0 {
		return nil, nil
	}
	return raw[Activity](tx, "select * from activities where controller_id in ? order by name, id", at)
}
