CREATE SCHEMA "We""ird.näme";
CREATE FUNCTION "We""ird.näme"."s(," (text, text) RETURNS text LANGUAGE sql AS $$SELECT concat($1, $2)$$;
CREATE AGGREGATE "We""ird.näme"."a(%, "("v ,v" text) (SFUNC = "We""ird.näme"."s(,", STYPE = text, INITCOND = '%%s');
COMMENT ON AGGREGATE "We""ird.näme"."a(%, "(text) IS '%d';
