package dialplan

import (
	"strings"

	"github.com/nyaruka/phonenumbers"

	"switchdesk/internal/phone"
)

// Place is where a number comes from.
type Place struct {
	Area    string     `json:"area"`    // 浙江杭州, 美国; "" if not known
	Carrier string     `json:"carrier"` // 中国移动; "" if not known
	Kind    phone.Kind `json:"kind"`
}

// String is the place in one line.
func (p Place) String() string { return strings.TrimSpace(p.Area + " " + p.Carrier) }

// words for numbers that belong to no place.
var kindWords = map[phone.Kind][2]string{
	phone.Freephone: {"全国服务热线", "Toll-free number"},
	phone.Hotline:   {"全国客服号码", "Nationwide service number"},
	phone.Carrier:   {"公共服务号码", "Public service number"},
	phone.Extension: {"内线", "Extension"},
}

// Region tells where a number comes from (归属地) in zh-CN or en. The tables
// behind it are read at the first call, which takes a third of a second and
// 20 MiB (LoadRegions does it beforehand); later calls take some 60 µs, so
// the live floor's own loop asks elsewhere. Short and service numbers are sorted
// out first, since the tables would place 95588 in a town.
func Region(number, lang string) Place {
	n := phone.Normalize(number)
	p := Place{Kind: phone.KindOf(n)}
	if words, ok := kindWords[p.Kind]; ok {
		p.Area = words[0]
		if lang == "en" {
			p.Area = words[1]
		}
		return p
	}
	if p.Kind == phone.Other {
		return p
	}
	parsed, err := phonenumbers.Parse(n, "CN")
	if err != nil || !phonenumbers.IsValidNumber(parsed) {
		return p
	}
	tables := "zh"
	if lang == "en" {
		tables = "en"
	}
	if area, err := phonenumbers.GetGeocodingForNumber(parsed, tables); err == nil {
		p.Area = area
	}
	if p.Kind == phone.Mobile || p.Kind == phone.International {
		if carrier, err := phonenumbers.GetCarrierForNumber(parsed, tables); err == nil {
			p.Carrier = carrier
		}
	}
	if parsed.GetCountryCode() == 86 {
		p.Area = tidyArea(p.Area, tables)
	}
	return p
}

// tidyArea drops what every Chinese number would say, and the words that only
// lengthen it: 浙江省杭州市 is 浙江杭州 on a card.
func tidyArea(area, lang string) string {
	if area == "中国" || area == "China" {
		return ""
	}
	if lang != "zh" {
		return area
	}
	for _, cut := range []string{"省", "自治区", "特别行政区"} {
		if before, after, ok := strings.Cut(area, cut); ok {
			area = before + after
		}
	}
	if r := []rune(area); len(r) > 2 && strings.HasSuffix(area, "市") {
		area = string(r[:len(r)-1])
	}
	return area
}

// LoadRegions reads the tables, so that no caller waits for them.
func LoadRegions() {
	Region("13957112345", "zh-CN")
	Region("13957112345", "en")
}
