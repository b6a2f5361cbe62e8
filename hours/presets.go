package hours

// Preset is a list of days that an admin may take over into a calendar.
type Preset struct {
	Key  string
	ZH   string
	EN   string
	Days []Day
}

// Presets are the lists that come with the product: the days off and make-up
// workdays that the State Council has published for a year.
func Presets() []Preset {
	off := func(name string, from, to Date) Day { return Day{From: from, To: to, Kind: Holiday, Name: name} }
	work := func(name string, d Date) Day {
		return Day{From: d, To: d, Kind: Workday, Name: name + "调休上班", As: 1}
	}
	return []Preset{{
		Key: "cn-2026", ZH: "中国法定节假日 2026 年", EN: "Public holidays of China, 2026",
		Days: []Day{
			off("元旦", 20260101, 20260103), work("元旦", 20260104),
			work("春节", 20260214), off("春节", 20260215, 20260223), work("春节", 20260228),
			off("清明节", 20260404, 20260406),
			off("劳动节", 20260501, 20260505), work("劳动节", 20260509),
			off("端午节", 20260619, 20260621),
			work("国庆节", 20260920), off("中秋节", 20260925, 20260927),
			off("国庆节", 20261001, 20261007), work("国庆节", 20261010),
		},
	}}
}
