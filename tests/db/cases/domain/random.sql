CREATE SCHEMA §;
CREATE FUNCTION §.is_short(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT length($1) < 90 $$;
CREATE DOMAIN §.code AS «domain.type*: text ¦ varchar(40) ¦ varchar(60)» «domain.collation*: ¦ COLLATE "C" ¦ COLLATE "POSIX"» «domain.default*: ¦ DEFAULT '7' ¦ DEFAULT upper('x')» «domain.not_null: ¦ NOT NULL»
  «domain_constraint: CONSTRAINT short CHECK («domain_constraint.definition: length(VALUE) < 90 ¦ §.is_short(VALUE) ¦ VALUE <> 'none'») ¦ »;
ALTER DOMAIN §.code ADD CONSTRAINT later CHECK (VALUE <> '') «domain_constraint.validated: NOT VALID ¦ »;
COMMENT ON DOMAIN §.code IS «domain.comment: NULL ¦ 'a code'»;
COMMENT ON CONSTRAINT later ON DOMAIN §.code IS «domain_constraint.comment: NULL ¦ 'not nothing' ¦ 'other'»;
«domain: CREATE DOMAIN §.positive AS integer CHECK (VALUE > 0); ¦ »
CREATE DOMAIN §.alone AS «domain.type: integer ¦ bigint»;
CREATE DOMAIN §.worded AS text «domain.collation: ¦ COLLATE "C"» «domain.default: ¦ DEFAULT 'x' ¦ DEFAULT upper('x')»;
CREATE DOMAIN §.special AS §.code CHECK (VALUE <> 'plain');
CREATE TABLE §.items (id integer PRIMARY KEY, code §.code DEFAULT 'c', special §.special DEFAULT 's');
CREATE INDEX items_code ON §.items (code, lower(code));
CREATE VIEW §.codes AS SELECT code, special FROM §.items WHERE code <> 'x';
CREATE FUNCTION §.code_of(item §.items) RETURNS §.code LANGUAGE sql STABLE AS $$ SELECT item.code $$;
INSERT INTO §.items VALUES (1, '1', '2'), (2, 'b', 'c');
