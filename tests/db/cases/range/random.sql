CREATE SCHEMA §;
CREATE FUNCTION §.distance(text, text) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$ SELECT (length($1) - length($2))::double precision $$;
CREATE FUNCTION §.distance(varchar, varchar) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$ SELECT (length($1) - length($2))::double precision $$;
CREATE TYPE §.span AS RANGE (subtype = «range.subtype*: text ¦ varchar»«range.collation: , collation = "C" ¦ , collation = "POSIX"»«range.subtype_opclass: ¦ , subtype_opclass = text_pattern_ops»«range.subtype_diff: ¦ , subtype_diff = §.distance»«range.multirange_name: ¦ , multirange_type_name = §.many_spans»);
COMMENT ON TYPE §.span IS «range.comment: NULL ¦ 'from word to word'»;
«range: CREATE TYPE §.gone AS RANGE (subtype = integer); ¦ »
CREATE TABLE §.words (id integer PRIMARY KEY, note text, span §.span);
INSERT INTO §.words VALUES (1, 'x', '[a,b)'), (2, NULL, NULL);
