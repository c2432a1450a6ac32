// Package i18n holds the words of a service in several languages: catalogues of texts by key, with arguments, plurals,
// number words, dates, sizes, and the no-break spaces and hyphens that belong to good setting.
//
// Texts lie in locales/<language>/<area>.json, flat: "key": "text with {name}" or, where the number n decides the form,
// "key": {"one": "…", "other": "…"}. An argument may say how it is written: {n:word}, {due:long}, {size:size}.
//
// It is a loader of its own and not go-i18n or x/text/message, because what the service needs is around the lookup and
// not in it: that the keys and arguments a template uses are known at start (Has, Args), number words up to twelve,
// Swedish setting of dates, sections of law and postcodes, and that both languages can be compared text by text (Check).
// Swedish and English share the two plural forms, which is the one thing a library would have given.
package i18n
