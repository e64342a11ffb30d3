CREATE SCHEMA §;
CREATE TYPE §.mood AS ENUM («enum.labels: 'sad', 'ok', 'happy' ¦ 'sad', 'so-so', 'ok', 'happy' ¦ 'happy', 'ok', 'sad' ¦ 'sad', 'it''s', 'ok', 'happy', 'glad'»);
COMMENT ON TYPE §.mood IS «enum.comment: NULL ¦ 'how it is'»;
«enum: CREATE TYPE §."Gone" AS ENUM ('x'); ¦ »
CREATE FUNCTION §.better(§.mood, §.mood DEFAULT 'sad') RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 > $2 $$;
CREATE TABLE §.diary (
  id integer PRIMARY KEY,
  mood «m=column.type*: §.mood ¦ text» «column.default: DEFAULT 'ok' ¦ DEFAULT 'sad' ¦ »,
  moods §.mood[] DEFAULT ARRAY['sad', 'ok']::§.mood[],
  note text«check: , CONSTRAINT not_sad CHECK (mood <> 'ok' OR id > 0) ¦ »
);
CREATE INDEX diary_mood ON §.diary (mood) WHERE mood <> 'sad';
CREATE VIEW §.moods AS SELECT mood, count(*) AS n FROM §.diary WHERE moods IS NOT NULL GROUP BY mood;
«view: CREATE VIEW §.count_of_moods AS SELECT n FROM §.moods WHERE mood = 'ok'; ¦ »
COMMENT ON VIEW §.moods IS 'moods by number';
GRANT SELECT ON §.moods TO random_reader;
INSERT INTO §.diary VALUES (1, 'ok', '{sad}', 'a'), (2, 'sad', '{}', NULL), (3, 'happy', NULL, 'c');
