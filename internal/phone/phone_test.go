package phone

import "testing"

func TestNormalize(t *testing.T) {
	for raw, want := range map[string]string{
		"13957112345":                       "13957112345",
		"+86 139-5711-2345":                 "13957112345",
		"0086 139 5711 2345":                "13957112345",
		"8613957112345":                     "13957112345",
		"013957112345":                      "13957112345",
		"１３９５７１１２３４５":                       "13957112345",
		"+86 (0571) 8888-6666":              "057188886666",
		"+8657188886666":                    "057188886666",
		"8657188886666":                     "057188886666",
		"0571-88886666":                     "057188886666",
		"+861088886666":                     "01088886666",
		"010 8888 6666":                     "01088886666",
		"02188886666":                       "02188886666",
		"+864001234567":                     "4001234567",
		"400-123-4567":                      "4001234567",
		"+8695588":                          "95588",
		"95588":                             "95588",
		"10086":                             "10086",
		"+8610086":                          "10086",
		"88886666":                          "88886666",
		"8001":                              "8001",
		"+1 (415) 555-0100":                 "+14155550100",
		"0014155550100":                     "+14155550100",
		"sip:13957112345@10.0.0.1:5060;x=y": "13957112345",
		"tel:+86-139-5711-2345":             "13957112345",
		"*97#":                              "*97#",
		"":                                  "",
		"anonymous":                         "",
		"sip:anonymous@anonymous.invalid":   "",
		"139 5711 2345 ext":                 "",
		"12345678901234567890123456789":     "",
		"1+2":                               "",
		"+":                                 "",
		"１３９\n5711":                         "",
	} {
		if got := Normalize(raw); got != want {
			t.Errorf("Normalize(%q) = %q, want %q", raw, got, want)
		}
		if again := Normalize(want); again != want {
			t.Errorf("Normalize(%q) = %q: not stable", want, again)
		}
	}
}

func TestKindAndDisplay(t *testing.T) {
	for number, want := range map[string]struct {
		kind Kind
		text string
	}{
		"13957112345":  {Mobile, "139 5711 2345"},
		"057188886666": {Landline, "0571 8888 6666"},
		"01088886666":  {Landline, "010 8888 6666"},
		"05718888666":  {Landline, "0571 888 8666"},
		"4001234567":   {Freephone, "400 123 4567"},
		"95588":        {Hotline, "95588"},
		"10086":        {Carrier, "10086"},
		"8001":         {Extension, "8001"},
		"+14155550100": {International, "+14155550100"},
		"*97#":         {Other, "*97#"},
		"":             {Other, ""},
	} {
		if got := KindOf(number); got != want.kind {
			t.Errorf("KindOf(%s) = %s, want %s", number, got, want.kind)
		}
		if got := Display(number); got != want.text {
			t.Errorf("Display(%s) = %q, want %q", number, got, want.text)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	f.Add("+86 139")
	f.Add("sip:00@x")
	f.Fuzz(func(t *testing.T, raw string) {
		n := Normalize(raw)
		if len(n) > 24 {
			t.Fatalf("%q is too long", n)
		}
		for _, r := range n {
			if (r < '0' || r > '9') && r != '+' && r != '*' && r != '#' {
				t.Fatalf("%q holds %q", n, r)
			}
		}
		Display(n)
	})
}
