package pdf

import (
	"fmt"
)

// mark is a heading in the outline.
type mark struct {
	level, page int
	title       string
	y           float64
}

// reach notes where heading m stands.
func (w *Writer) reach(m int) {
	k := &w.marks[m]
	k.page, k.y = w.pages, pageHeight-w.y+6
	for i, c := range w.contents {
		if c.level == k.level && c.title == k.title {
			w.out.put(c.dest, "[%d 0 R /XYZ 0 %.2f null]", w.pageNums[k.page-1], k.y)
			w.contents = append(w.contents[:i], w.contents[i+1:]...)
			return
		}
	}
}

// finishOutline writes the headings as a nested outline and returns the entry for the catalog.
func (w *Writer) finishOutline() string {
	n := len(w.marks)
	if n == 0 {
		return ""
	}
	root := w.out.reserve()
	nums := make([]int, n)
	parent, first, last, prev, next, open := make([]int, n), make([]int, n), make([]int, n), make([]int, n), make([]int, n), make([]int, n)
	var path []int // the latest heading of each level above, outermost first
	rootFirst, rootLast, rootOpen := -1, -1, 0
	for i, m := range w.marks {
		nums[i] = w.out.reserve()
		first[i], last[i], prev[i], next[i] = -1, -1, -1, -1
		for len(path) > 0 && w.marks[path[len(path)-1]].level >= m.level {
			path = path[:len(path)-1]
		}
		f, l := &rootFirst, &rootLast
		parent[i] = -1
		if len(path) > 0 {
			parent[i] = path[len(path)-1]
			f, l = &first[parent[i]], &last[parent[i]]
		}
		if *l >= 0 {
			prev[i], next[*l] = *l, i
		} else {
			*f = i
		}
		*l = i
		rootOpen++
		for _, p := range path {
			open[p]++
		}
		path = append(path, i)
	}
	ref := func(name string, i int) string {
		if i < 0 {
			return ""
		}
		return fmt.Sprintf(" /%s %d 0 R", name, nums[i])
	}
	for i, m := range w.marks {
		up := root
		if parent[i] >= 0 {
			up = nums[parent[i]]
		}
		kids := ""
		if first[i] >= 0 {
			kids = ref("First", first[i]) + ref("Last", last[i]) + fmt.Sprintf(" /Count %d", open[i])
		}
		w.out.put(nums[i], "<</Title %s /Parent %d 0 R%s%s%s /Dest [%d 0 R /XYZ 0 %.2f null]>>",
			text(m.title), up, ref("Prev", prev[i]), ref("Next", next[i]), kids, w.pageNums[m.page-1], m.y)
	}
	w.out.put(root, "<</Type /Outlines /Count %d%s%s>>", rootOpen, ref("First", rootFirst), ref("Last", rootLast))
	return fmt.Sprintf(" /Outlines %d 0 R", root)
}
