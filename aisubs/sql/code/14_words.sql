-- Text as it is compared: so that "Köln" is found by "koln", and "ＡＢＣ" by "abc". No extension is needed for that.

-- Compatible forms, lower case, no accents on Latin, Greek and Cyrillic letters; other scripts keep their marks.
create function aisubs_core.fold(text text) returns text language sql immutable as $$
    select replace(replace(replace(translate(
        lower(normalize(regexp_replace(normalize(fold.text, nfkd), '[\u0300-\u036f]', '', 'g'), nfc)),
        'øłđðħı', 'olddhi'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe') $$;

-- Text for the full text index: folded; what is no letter and no digit is a space; and Chinese characters and kana,
-- which are written without spaces, stand alone, so that any sequence of them can be found as a phrase. The ranges are
-- spelled out, for what a letter is depends on the server's locale otherwise.
create function aisubs_core.searchable(text text) returns text language sql immutable as $$
    select regexp_replace(
        regexp_replace(aisubs_core.fold(searchable.text),
            '[\u0001-\u002f\u003a-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u05be\u060c'
            '\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u3004'
            '\u3008-\u3020\u3030\u30a0\u30fb\ufe30-\ufe4f\uff00-\uff0f\uff5f-\uff65\U0001f000-\U0001faff]+', ' ', 'g'),
        '([\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])', ' \1 ', 'g') $$;
