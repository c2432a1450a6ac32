package workflows

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"insyn/internal/files"
	"insyn/internal/pack"
	"insyn/models"
	"insyn/templates"
)

// A person gets one thing to save: a ZIP with the decision, the extract in its three forms, and the files that are released. It
// is never stored. Its manifest and the signature of that are made and sealed with the decision; every byte of the package
// follows from them and from the sealed files. In the case it is known by its manifest's record.

const (
	mediaZIP  = "application/zip"
	mediaText = "text/plain; charset=utf-8"
)

// packageName is what the package of a case is saved as.
func packageName(number string) string { return "Registerutdrag " + number + ".zip" }

// documentNames are the documents' names in the package, by purpose.
func documentNames() map[string]string {
	return map[string]string{models.FileReadme: templates.ReadmeName, models.FileLetter: nameLetter, models.FileExtractPDF: nameExtractPDF,
		models.FileExtractJSON: nameExtractJSON, models.FileExtractCSV: nameExtractCSV}
}

// packageManifest lists what the package of a case is to consist of: the documents, then the material in the order of its numbers.
// size is how large the package becomes.
func (s *Service) packageManifest(ctx context.Context, x *extract, documents []*models.File) (encoded []byte, size int64, err error) {
	m := pack.Manifest{Package: x.c.Number, Made: x.made}
	add := func(name string, f models.File) error {
		d, err := s.digestOf(ctx, f)
		m.Files = append(m.Files, pack.File{Name: name, Digest: d})
		return err
	}
	for _, f := range documents {
		if err := add(documentNames()[f.Purpose], *f); err != nil {
			return nil, 0, err
		}
	}
	for i, f := range x.material {
		if err := add(materialPath(i+1, f), f); err != nil {
			return nil, 0, err
		}
	}
	if encoded, err = m.Encode(); err == nil {
		size, err = m.PackageSize(int64(len(encoded)))
	}
	if err != nil {
		return nil, 0, fmt.Errorf("make package: %w", err)
	}
	return encoded, size, nil
}

// sealPackage makes and seals what only the package has: its note, its manifest and the signature of that. The documents lie in
// it after the note, in their order.
func (s *Service) sealPackage(ctx context.Context, x *extract, documents []*models.File) ([]*models.File, error) {
	note, err := s.storeDocument(ctx, x.c, document{models.FileReadme, templates.ReadmeName, mediaText, written(s.packageReadme(x))})
	if err != nil {
		return nil, err
	}
	out := []*models.File{note}
	manifest, size, err := s.packageManifest(ctx, x, append(out, documents...))
	if err != nil {
		return nil, err
	}
	for _, d := range []document{
		{models.FileManifest, pack.ManifestName, "application/json", written(manifest)},
		{models.FileSignature, pack.SignatureName, "application/json", written(s.Signing.Active.Sign(manifest))},
	} {
		f, err := s.storeDocument(ctx, x.c, d)
		if err != nil {
			return nil, err
		}
		if f.Purpose == models.FileManifest {
			f.PackageSize = &size
		}
		out = append(out, f)
	}
	return out, nil
}

// parcel is what a released package is assembled from: the records of its files.
type parcel struct {
	number              string
	manifest, signature models.File
	documents, material []models.File
}

// parcelOf gathers the records of a released package that the actor may see, by the record of its manifest.
func parcelOf(tx *models.Tx, manifest models.File) (parcel, error) {
	p := parcel{manifest: manifest}
	if manifest.ReleasedAt == nil {
		return p, ErrNotFound
	}
	c, err := tx.Case(manifest.CaseID)
	if err != nil {
		return p, err
	}
	p.number = c.Number
	all, err := tx.Files(c.ID, models.FileLetter, extractPurposes()...)
	if err != nil {
		return p, err
	}
	for _, f := range all {
		if f.Purpose == models.FileSignature {
			p.signature = f
		}
	}
	p.documents = all
	for {
		const atOnce = 1000
		page, err := tx.ReleasedFiles(c.ID, len(p.material), atOnce)
		if err != nil {
			return p, err
		}
		if p.material = append(p.material, page...); len(page) < atOnce {
			return p, nil
		}
	}
}

// files are the records by their names in the package. Of several letters it is the one that the manifest names by its hash.
func (p parcel) files(m pack.Manifest) (map[string]models.File, error) {
	out := make(map[string]models.File, len(m.Files))
	want := make(map[string][]byte, len(m.Files))
	for _, f := range m.Files {
		want[f.Name] = f.SHA256[:]
	}
	take := func(name string, f models.File) {
		if sha, ok := want[name]; ok && bytes.Equal(sha, f.SHA256) {
			out[name] = f
		}
	}
	for _, f := range p.documents {
		take(documentNames()[f.Purpose], f)
	}
	for _, f := range p.material {
		take(materialPath(*f.Number, f), f)
	}
	if len(out) != len(m.Files) {
		return nil, answerChanged()
	}
	return out, nil
}

// openPackage assembles a released package. It is the same bytes each time.
func (s *Service) openPackage(ctx context.Context, p parcel) (*pack.Reader, FileView, error) {
	manifest, err := s.readWhole(ctx, p.manifest)
	if err != nil {
		return nil, FileView{}, err
	}
	signature, err := s.readWhole(ctx, p.signature)
	if err != nil {
		return nil, FileView{}, err
	}
	m, err := pack.ParseManifest(manifest)
	if err != nil {
		return nil, FileView{}, fmt.Errorf("open package: %w", err)
	}
	byName, err := p.files(m)
	if err != nil {
		return nil, FileView{}, err
	}
	made, err := pack.Assemble(manifest, signature, func(ctx context.Context, name string) (io.ReadSeekCloser, error) {
		f := byName[name]
		return s.Vault.Open(ctx, f.CaseID.UUID(), f.ID.UUID())
	})
	if err != nil {
		return nil, FileView{}, fmt.Errorf("open package: %w", err)
	}
	v := packageView(p.number, p.manifest)
	v.Size, v.SHA256 = made.Size(), made.Tag()
	return made.Open(ctx), v, nil
}

// manifestMax bounds what is read into memory of a manifest: that of some hundred thousand files.
const manifestMax = 64 << 20

// readWhole reads a small sealed file and holds it to its record.
func (s *Service) readWhole(ctx context.Context, f models.File) ([]byte, error) {
	if f.Size > manifestMax {
		return nil, answerChanged()
	}
	body, err := s.Vault.Open(ctx, f.CaseID.UUID(), f.ID.UUID())
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }() // read only
	h := files.NewHasher()
	b, err := io.ReadAll(io.TeeReader(body, h))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Purpose, err)
	}
	if sum := h.Digest().SHA256; !bytes.Equal(sum[:], f.SHA256) {
		return nil, answerChanged()
	}
	return b, nil
}

// openReleased opens a file, or the package that is known by it.
func (s *Service) openReleased(ctx context.Context, actor models.Actor, f models.File) (io.ReadSeekCloser, FileView, error) {
	if f.Purpose != models.FileManifest {
		return s.openFile(ctx, f)
	}
	var p parcel
	err := s.Store.InTx(ctx, actor, func(tx *models.Tx) (err error) {
		p, err = parcelOf(tx, f)
		return err
	})
	if err != nil {
		return nil, FileView{}, err
	}
	return s.openPackage(ctx, p)
}

// packageView is a released package as a page lists it, by the record of its manifest alone: nothing of what lies in it is read.
// Its hash is told when it is opened.
func packageView(number string, manifest models.File) FileView {
	v := fileView(manifest)
	v.Name, v.Own, v.MediaType, v.SHA256 = packageName(number), packageName(number), mediaZIP, ""
	if manifest.PackageSize != nil {
		v.Size = *manifest.PackageSize
	}
	return v
}
