CREATE SCHEMA §;
COMMENT ON SCHEMA § IS «schema.comment: NULL ¦ 'one' ¦ 'it''s another'»;
«schema: CREATE SCHEMA "§ More"; ¦ »
