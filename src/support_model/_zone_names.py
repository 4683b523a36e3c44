"""What Windows and Ruby on Rails call time zones, and the IANA zone of each.

Data only. IANA names are the present ones, not the older ones that CLDR and Rails keep
(America/Godthab, Asia/Calcutta), which some systems install apart.
"""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["PLACES", "RAILS", "WINDOWS", "WITHIN_THE_HOUR"]


def _table(text: str) -> dict[str, tuple[str, str]]:
    rows = (line.strip().split(" | ") for line in text.strip().splitlines())
    return {name: (zone, places) for name, zone, places in rows}


_WINDOWS = _table(
    """
    Dateline Standard Time | Etc/GMT+12 | International Date Line West
    UTC-11 | Etc/GMT+11 | Coordinated Universal Time-11
    Aleutian Standard Time | America/Adak | Aleutian Islands
    Hawaiian Standard Time | Pacific/Honolulu | Hawaii
    Marquesas Standard Time | Pacific/Marquesas | Marquesas Islands
    Alaskan Standard Time | America/Anchorage | Alaska
    UTC-09 | Etc/GMT+9 | Coordinated Universal Time-09
    Pacific Standard Time (Mexico) | America/Tijuana | Baja California
    UTC-08 | Etc/GMT+8 | Coordinated Universal Time-08
    Pacific Standard Time | America/Los_Angeles | Pacific Time (US & Canada)
    US Mountain Standard Time | America/Phoenix | Arizona
    Mountain Standard Time (Mexico) | America/Mazatlan | La Paz, Mazatlan
    Mountain Standard Time | America/Denver | Mountain Time (US & Canada)
    Yukon Standard Time | America/Whitehorse | Yukon
    Central America Standard Time | America/Guatemala | Central America
    Central Standard Time | America/Chicago | Central Time (US & Canada)
    Easter Island Standard Time | Pacific/Easter | Easter Island
    Central Standard Time (Mexico) | America/Mexico_City | Guadalajara, Mexico City, Monterrey
    Canada Central Standard Time | America/Regina | Saskatchewan
    SA Pacific Standard Time | America/Bogota | Bogota, Lima, Quito, Rio Branco
    Eastern Standard Time (Mexico) | America/Cancun | Chetumal
    Eastern Standard Time | America/New_York | Eastern Time (US & Canada)
    Haiti Standard Time | America/Port-au-Prince | Haiti
    Cuba Standard Time | America/Havana | Havana
    US Eastern Standard Time | America/Indiana/Indianapolis | Indiana (East)
    Turks And Caicos Standard Time | America/Grand_Turk | Turks and Caicos
    Paraguay Standard Time | America/Asuncion | Asuncion
    Atlantic Standard Time | America/Halifax | Atlantic Time (Canada)
    Venezuela Standard Time | America/Caracas | Caracas
    Central Brazilian Standard Time | America/Cuiaba | Cuiaba
    SA Western Standard Time | America/La_Paz | Georgetown, La Paz, Manaus, San Juan
    Pacific SA Standard Time | America/Santiago | Santiago
    Newfoundland Standard Time | America/St_Johns | Newfoundland
    Tocantins Standard Time | America/Araguaina | Araguaina
    E. South America Standard Time | America/Sao_Paulo | Brasilia
    SA Eastern Standard Time | America/Cayenne | Cayenne, Fortaleza
    Argentina Standard Time | America/Argentina/Buenos_Aires | City of Buenos Aires
    Greenland Standard Time | America/Nuuk | Greenland
    Montevideo Standard Time | America/Montevideo | Montevideo
    Magallanes Standard Time | America/Punta_Arenas | Punta Arenas
    Saint Pierre Standard Time | America/Miquelon | Saint Pierre and Miquelon
    Bahia Standard Time | America/Bahia | Salvador
    UTC-02 | Etc/GMT+2 | Coordinated Universal Time-02
    Azores Standard Time | Atlantic/Azores | Azores
    Cape Verde Standard Time | Atlantic/Cape_Verde | Cabo Verde Is.
    UTC | UTC | Coordinated Universal Time
    GMT Standard Time | Europe/London | Dublin, Edinburgh, Lisbon, London
    Greenwich Standard Time | Atlantic/Reykjavik | Monrovia, Reykjavik
    Sao Tome Standard Time | Africa/Sao_Tome | Sao Tome
    Morocco Standard Time | Africa/Casablanca | Casablanca
    W. Europe Standard Time | Europe/Berlin | Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna
    Central Europe Standard Time | Europe/Budapest | Belgrade, Bratislava, Budapest, Ljubljana, Prague
    Romance Standard Time | Europe/Paris | Brussels, Copenhagen, Madrid, Paris
    Central European Standard Time | Europe/Warsaw | Sarajevo, Skopje, Warsaw, Zagreb
    W. Central Africa Standard Time | Africa/Lagos | West Central Africa
    Jordan Standard Time | Asia/Amman | Amman
    GTB Standard Time | Europe/Bucharest | Athens, Bucharest
    Middle East Standard Time | Asia/Beirut | Beirut
    Egypt Standard Time | Africa/Cairo | Cairo
    E. Europe Standard Time | Europe/Chisinau | Chisinau
    Syria Standard Time | Asia/Damascus | Damascus
    West Bank Standard Time | Asia/Hebron | Gaza, Hebron
    South Africa Standard Time | Africa/Johannesburg | Harare, Pretoria
    FLE Standard Time | Europe/Kyiv | Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius
    Israel Standard Time | Asia/Jerusalem | Jerusalem
    South Sudan Standard Time | Africa/Juba | Juba
    Kaliningrad Standard Time | Europe/Kaliningrad | Kaliningrad
    Sudan Standard Time | Africa/Khartoum | Khartoum
    Libya Standard Time | Africa/Tripoli | Tripoli
    Namibia Standard Time | Africa/Windhoek | Windhoek
    Arabic Standard Time | Asia/Baghdad | Baghdad
    Turkey Standard Time | Europe/Istanbul | Istanbul
    Arab Standard Time | Asia/Riyadh | Kuwait, Riyadh
    Belarus Standard Time | Europe/Minsk | Minsk
    Russian Standard Time | Europe/Moscow | Moscow, St. Petersburg
    E. Africa Standard Time | Africa/Nairobi | Nairobi
    Iran Standard Time | Asia/Tehran | Tehran
    Arabian Standard Time | Asia/Dubai | Abu Dhabi, Muscat
    Astrakhan Standard Time | Europe/Astrakhan | Astrakhan, Ulyanovsk
    Azerbaijan Standard Time | Asia/Baku | Baku
    Russia Time Zone 3 | Europe/Samara | Izhevsk, Samara
    Mauritius Standard Time | Indian/Mauritius | Port Louis
    Saratov Standard Time | Europe/Saratov | Saratov
    Georgian Standard Time | Asia/Tbilisi | Tbilisi
    Volgograd Standard Time | Europe/Volgograd | Volgograd
    Caucasus Standard Time | Asia/Yerevan | Yerevan
    Afghanistan Standard Time | Asia/Kabul | Kabul
    West Asia Standard Time | Asia/Tashkent | Ashgabat, Tashkent
    Ekaterinburg Standard Time | Asia/Yekaterinburg | Ekaterinburg
    Pakistan Standard Time | Asia/Karachi | Islamabad, Karachi
    Qyzylorda Standard Time | Asia/Qyzylorda | Qyzylorda
    India Standard Time | Asia/Kolkata | Chennai, Kolkata, Mumbai, New Delhi
    Sri Lanka Standard Time | Asia/Colombo | Sri Jayawardenepura
    Nepal Standard Time | Asia/Kathmandu | Kathmandu
    Central Asia Standard Time | Asia/Bishkek | Bishkek
    Bangladesh Standard Time | Asia/Dhaka | Dhaka
    Omsk Standard Time | Asia/Omsk | Omsk
    Myanmar Standard Time | Asia/Yangon | Yangon (Rangoon)
    SE Asia Standard Time | Asia/Bangkok | Bangkok, Hanoi, Jakarta
    Altai Standard Time | Asia/Barnaul | Barnaul, Gorno-Altaysk
    W. Mongolia Standard Time | Asia/Hovd | Hovd
    North Asia Standard Time | Asia/Krasnoyarsk | Krasnoyarsk
    N. Central Asia Standard Time | Asia/Novosibirsk | Novosibirsk
    Tomsk Standard Time | Asia/Tomsk | Tomsk
    China Standard Time | Asia/Shanghai | Beijing, Chongqing, Hong Kong, Urumqi
    North Asia East Standard Time | Asia/Irkutsk | Irkutsk
    Singapore Standard Time | Asia/Singapore | Kuala Lumpur, Singapore
    W. Australia Standard Time | Australia/Perth | Perth
    Taipei Standard Time | Asia/Taipei | Taipei
    Ulaanbaatar Standard Time | Asia/Ulaanbaatar | Ulaanbaatar
    Aus Central W. Standard Time | Australia/Eucla | Eucla
    Transbaikal Standard Time | Asia/Chita | Chita
    Tokyo Standard Time | Asia/Tokyo | Osaka, Sapporo, Tokyo
    North Korea Standard Time | Asia/Pyongyang | Pyongyang
    Korea Standard Time | Asia/Seoul | Seoul
    Yakutsk Standard Time | Asia/Yakutsk | Yakutsk
    Cen. Australia Standard Time | Australia/Adelaide | Adelaide
    AUS Central Standard Time | Australia/Darwin | Darwin
    E. Australia Standard Time | Australia/Brisbane | Brisbane
    AUS Eastern Standard Time | Australia/Sydney | Canberra, Melbourne, Sydney
    West Pacific Standard Time | Pacific/Port_Moresby | Guam, Port Moresby
    Tasmania Standard Time | Australia/Hobart | Hobart
    Vladivostok Standard Time | Asia/Vladivostok | Vladivostok
    Lord Howe Standard Time | Australia/Lord_Howe | Lord Howe Island
    Bougainville Standard Time | Pacific/Bougainville | Bougainville Island
    Russia Time Zone 10 | Asia/Srednekolymsk | Chokurdakh
    Magadan Standard Time | Asia/Magadan | Magadan
    Norfolk Standard Time | Pacific/Norfolk | Norfolk Island
    Sakhalin Standard Time | Asia/Sakhalin | Sakhalin
    Central Pacific Standard Time | Pacific/Guadalcanal | Solomon Is., New Caledonia
    Russia Time Zone 11 | Asia/Kamchatka | Anadyr, Petropavlovsk-Kamchatsky
    New Zealand Standard Time | Pacific/Auckland | Auckland, Wellington
    UTC+12 | Etc/GMT-12 | Coordinated Universal Time+12
    Fiji Standard Time | Pacific/Fiji | Fiji
    Chatham Islands Standard Time | Pacific/Chatham | Chatham Islands
    UTC+13 | Etc/GMT-13 | Coordinated Universal Time+13
    Tonga Standard Time | Pacific/Tongatapu | Nuku'alofa
    Samoa Standard Time | Pacific/Apia | Samoa
    Line Islands Standard Time | Pacific/Kiritimati | Kiritimati Island
    """  # noqa: E501 - a row is a line
)
WINDOWS = MappingProxyType({name: zone for name, (zone, _) in _WINDOWS.items()})
"""Names of Windows: CLDR, windowsZones, territory 001."""

_RUSSIAN = {
    "Калининград": "Europe/Kaliningrad",
    "Минск": "Europe/Minsk",
    "Москва, Санкт-Петербург": "Europe/Moscow",
    "Волгоград": "Europe/Volgograd",
    "Астрахань, Ульяновск": "Europe/Astrakhan",
    "Ижевск, Самара": "Europe/Samara",
    "Саратов": "Europe/Saratov",
    "Екатеринбург": "Asia/Yekaterinburg",
    "Омск": "Asia/Omsk",
    "Барнаул, Горно-Алтайск": "Asia/Barnaul",
    "Красноярск": "Asia/Krasnoyarsk",
    "Новосибирск": "Asia/Novosibirsk",
    "Томск": "Asia/Tomsk",
    "Иркутск": "Asia/Irkutsk",
    "Чита": "Asia/Chita",
    "Якутск": "Asia/Yakutsk",
    "Владивосток": "Asia/Vladivostok",
    "Магадан": "Asia/Magadan",
    "Сахалин": "Asia/Sakhalin",
    "Чокурдах": "Asia/Srednekolymsk",
    "Анадырь, Петропавловск-Камчатский": "Asia/Kamchatka",
}
PLACES = MappingProxyType({places: zone for zone, places in _WINDOWS.values()} | _RUSSIAN)
"""What Windows shows behind the offset, in English and, for zones of Russia, in Russian.

Whoever reads them looks them up after the names of Rails: "La Paz, Mazatlan" is one zone, "La
Paz" alone another.
"""


def _names(text: str) -> MappingProxyType[str, str]:
    """Return name -> zone of lines such as "Zone: one; another"."""
    rows = (line.strip().split(": ", 1) for line in text.strip().splitlines())
    return MappingProxyType({name: zone for zone, names in rows for name in names.split("; ")})


RAILS = _names(
    """
    Etc/GMT+12: International Date Line West
    Pacific/Midway: Midway Island
    Pacific/Pago_Pago: American Samoa
    Pacific/Honolulu: Hawaii
    America/Juneau: Alaska
    America/Los_Angeles: Pacific Time (US & Canada)
    America/Tijuana: Tijuana
    America/Denver: Mountain Time (US & Canada)
    America/Phoenix: Arizona
    America/Chihuahua: Chihuahua
    America/Mazatlan: Mazatlan
    America/Chicago: Central Time (US & Canada)
    America/Regina: Saskatchewan
    America/Mexico_City: Guadalajara; Mexico City
    America/Monterrey: Monterrey
    America/Guatemala: Central America
    America/New_York: Eastern Time (US & Canada)
    America/Indiana/Indianapolis: Indiana (East)
    America/Bogota: Bogota
    America/Lima: Lima; Quito
    America/Halifax: Atlantic Time (Canada)
    America/Caracas: Caracas
    America/La_Paz: La Paz
    America/Santiago: Santiago
    America/St_Johns: Newfoundland
    America/Sao_Paulo: Brasilia
    America/Argentina/Buenos_Aires: Buenos Aires
    America/Montevideo: Montevideo
    America/Guyana: Georgetown
    America/Puerto_Rico: Puerto Rico
    America/Nuuk: Greenland
    Atlantic/South_Georgia: Mid-Atlantic
    Atlantic/Azores: Azores
    Atlantic/Cape_Verde: Cape Verde Is.
    Europe/Dublin: Dublin
    Europe/London: Edinburgh; London
    Europe/Lisbon: Lisbon
    Africa/Casablanca: Casablanca
    Africa/Monrovia: Monrovia
    UTC: UTC
    Europe/Belgrade: Belgrade
    Europe/Bratislava: Bratislava
    Europe/Budapest: Budapest
    Europe/Ljubljana: Ljubljana
    Europe/Prague: Prague
    Europe/Sarajevo: Sarajevo
    Europe/Skopje: Skopje
    Europe/Warsaw: Warsaw
    Europe/Zagreb: Zagreb
    Europe/Brussels: Brussels
    Europe/Copenhagen: Copenhagen
    Europe/Madrid: Madrid
    Europe/Paris: Paris
    Europe/Amsterdam: Amsterdam
    Europe/Berlin: Berlin
    Europe/Zurich: Bern; Zurich
    Europe/Rome: Rome
    Europe/Stockholm: Stockholm
    Europe/Vienna: Vienna
    Africa/Algiers: West Central Africa
    Europe/Bucharest: Bucharest
    Africa/Cairo: Cairo
    Europe/Helsinki: Helsinki
    Europe/Kyiv: Kyiv; Kyev
    Europe/Riga: Riga
    Europe/Sofia: Sofia
    Europe/Tallinn: Tallinn
    Europe/Vilnius: Vilnius
    Europe/Athens: Athens
    Europe/Istanbul: Istanbul
    Europe/Minsk: Minsk
    Asia/Jerusalem: Jerusalem
    Africa/Harare: Harare
    Africa/Johannesburg: Pretoria
    Europe/Kaliningrad: Kaliningrad
    Europe/Moscow: Moscow; St. Petersburg
    Europe/Volgograd: Volgograd
    Europe/Samara: Samara
    Asia/Kuwait: Kuwait
    Asia/Riyadh: Riyadh
    Africa/Nairobi: Nairobi
    Asia/Baghdad: Baghdad
    Asia/Tehran: Tehran
    Asia/Muscat: Abu Dhabi; Muscat
    Asia/Baku: Baku
    Asia/Tbilisi: Tbilisi
    Asia/Yerevan: Yerevan
    Asia/Kabul: Kabul
    Asia/Yekaterinburg: Ekaterinburg
    Asia/Karachi: Islamabad; Karachi
    Asia/Tashkent: Tashkent
    Asia/Kolkata: Chennai; Kolkata; Mumbai; New Delhi
    Asia/Kathmandu: Kathmandu
    Asia/Dhaka: Dhaka
    Asia/Colombo: Sri Jayawardenepura
    Asia/Almaty: Almaty; Astana
    Asia/Novosibirsk: Novosibirsk
    Asia/Yangon: Rangoon
    Asia/Bangkok: Bangkok; Hanoi
    Asia/Jakarta: Jakarta
    Asia/Krasnoyarsk: Krasnoyarsk
    Asia/Shanghai: Beijing; Chongqing
    Asia/Hong_Kong: Hong Kong
    Asia/Urumqi: Urumqi
    Asia/Kuala_Lumpur: Kuala Lumpur
    Asia/Singapore: Singapore
    Asia/Taipei: Taipei
    Australia/Perth: Perth
    Asia/Irkutsk: Irkutsk
    Asia/Ulaanbaatar: Ulaanbaatar; Ulaan Bataar
    Asia/Seoul: Seoul
    Asia/Tokyo: Osaka; Sapporo; Tokyo
    Asia/Yakutsk: Yakutsk
    Australia/Darwin: Darwin
    Australia/Adelaide: Adelaide
    Australia/Melbourne: Canberra; Melbourne
    Australia/Sydney: Sydney
    Australia/Brisbane: Brisbane
    Australia/Hobart: Hobart
    Asia/Vladivostok: Vladivostok
    Pacific/Guam: Guam
    Pacific/Port_Moresby: Port Moresby
    Asia/Magadan: Magadan
    Asia/Srednekolymsk: Srednekolymsk
    Pacific/Guadalcanal: Solomon Is.
    Pacific/Noumea: New Caledonia
    Pacific/Fiji: Fiji
    Asia/Kamchatka: Kamchatka
    Pacific/Majuro: Marshall Is.
    Pacific/Auckland: Auckland; Wellington
    Pacific/Tongatapu: Nuku'alofa
    Pacific/Fakaofo: Tokelau Is.
    Pacific/Chatham: Chatham Is.
    Pacific/Apia: Samoa
    """
)
"""Names of Rails: ActiveSupport::TimeZone::MAPPING, and two spellings of older versions.

Older versions call Asia/Dhaka by the name Astana; the two differ since 2024-03-01.
"""

WITHIN_THE_HOUR = MappingProxyType(
    {
        "-09:30": ("Pacific/Marquesas",),
        "-03:30": ("America/St_Johns",),
        "+03:30": ("Asia/Tehran",),
        "+04:30": ("Asia/Kabul",),
        "+05:30": ("Asia/Kolkata", "Asia/Colombo"),
        "+05:45": ("Asia/Kathmandu",),
        "+06:30": ("Asia/Yangon", "Indian/Cocos"),
        "+08:45": ("Australia/Eucla",),
        "+09:30": ("Australia/Darwin", "Australia/Adelaide"),
        "+10:30": ("Australia/Lord_Howe",),
        "+12:45": ("Pacific/Chatham",),
    }
)
"""Zones of an offset, outside summer time, that is no whole number of hours."""
