CREATE SCHEMA §;
CREATE TABLE §.t (id integer PRIMARY KEY, a «column.type*: integer ¦ bigint», b text, c text);
INSERT INTO §.t VALUES (1, 1, 'x', 'y');
CREATE STATISTICS §.«statistics.name: s ¦ "S s"» («statistics.kinds: ndistinct ¦ ndistinct, dependencies ¦ mcv») ON «statistics.columns: a, b ¦ a, b, c ¦ a, lower(b)» FROM §.t;
CREATE STATISTICS §.more ON a, c FROM §.t;
ALTER STATISTICS §.more SET STATISTICS «statistics.target: -1 ¦ 500»;
COMMENT ON STATISTICS §.more IS «statistics.comment: NULL ¦ 'more'»;
«statistics: CREATE STATISTICS §.gone ON b, c FROM §.t; ¦ »
