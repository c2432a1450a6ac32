package pdf

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// producer is what the file says it was written by. It holds no version: a new one would change every document's bytes.
const producer = "Insyn"

func esc(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

// xmp writes the metadata packet: which standards the file keeps, the extension schema that lets PDF/A accept the mark of
// PDF/UA (ISO 19005-2, 6.6.2.3), and Dublin Core.
func (w *Writer) xmp() []byte {
	m := w.m
	part, conformance := "2", "A"
	if w.o.A1Twin {
		part, conformance = "1", "B"
	}
	t := m.Created.UTC().Format("2006-01-02T15:04:05Z")
	var b strings.Builder
	b.WriteString(`<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfaid:part>` + part + `</pdfaid:part><pdfaid:conformance>` + conformance + `</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + esc(m.Title) + `</rdf:li></rdf:Alt></dc:title>
`)
	if m.Author != "" {
		b.WriteString(`<dc:creator><rdf:Seq><rdf:li>` + esc(m.Author) + "</rdf:li></rdf:Seq></dc:creator>\n")
	}
	if m.Subject != "" {
		b.WriteString(`<dc:description><rdf:Alt><rdf:li xml:lang="x-default">` + esc(m.Subject) + "</rdf:li></rdf:Alt></dc:description>\n")
	}
	if m.Keywords != "" {
		b.WriteString(`<pdf:Keywords>` + esc(m.Keywords) + "</pdf:Keywords>\n")
	}
	b.WriteString(`<dc:language><rdf:Bag><rdf:li>` + esc(m.Lang) + `</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>` + t + `</xmp:CreateDate><xmp:ModifyDate>` + t + `</xmp:ModifyDate><xmp:MetadataDate>` + t + `</xmp:MetadataDate><xmp:CreatorTool>` + producer + `</xmp:CreatorTool><pdf:Producer>` + producer + `</pdf:Producer>
</rdf:Description>
` + pdfuaSchema + `</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`)
	return []byte(b.String())
}

const pdfuaSchema = `<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>`
