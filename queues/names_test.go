package queues_test

import (
	"context"
	"slices"
	"testing"

	"gorm.io/gorm"

	"switchdesk/queues"
	"switchdesk/storage/db/dbtest"
)

func TestAGroupKeepsTheNamesItHad(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, g *gorm.DB) {
		seed(t, g)
		ctx, s := context.Background(), queues.NewStore(g)
		save := func(group queues.Group) queues.Group {
			t.Helper()
			saved, err := s.Save(ctx, group)
			if err != nil {
				t.Fatal(err)
			}
			return saved
		}
		group := save(queues.NewGroup(1, "售前"))
		if len(group.Former) != 0 {
			t.Errorf("a new group has had names: %q", group.Former)
		}
		group.Name = "售前一组"
		group = save(group)
		group.Name = "华东售前"
		group = save(save(group))
		if !slices.Equal(group.Former, []string{"售前", "售前一组"}) {
			t.Errorf("%q", group.Former)
		}
		group.Name = "售前"
		if group = save(group); !slices.Equal(group.Former, []string{"华东售前", "售前一组"}) {
			t.Errorf("back to its first name: %q", group.Former)
		}
		other := save(queues.NewGroup(1, "华东售前"))
		theirs := save(queues.NewGroup(2, "售前一组"))
		list, err := s.Groups(ctx, 1)
		if err != nil || len(list) != 2 || len(other.Former)+len(theirs.Former) != 0 {
			t.Fatalf("%+v %v", list, err)
		}
		for _, g := range list {
			if g.ID == group.ID && !slices.Equal(g.Former, []string{"售前一组"}) {
				t.Errorf("after another group took a former name: %q", g.Former)
			}
		}
		if err := s.Delete(ctx, 1, group.ID); err != nil {
			t.Fatal(err)
		}
		var left int64
		if err := g.Table("queue_group_names").Count(&left).Error; err != nil || left != 0 {
			t.Errorf("%d names of groups that are gone: %v", left, err)
		}
	})
}
