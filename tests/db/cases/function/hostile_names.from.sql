CREATE SCHEMA "We""ird.näme";
CREATE TYPE "We""ird.näme"."e ,(" AS ENUM ('x');
CREATE FUNCTION "We""ird.näme"."f(x, "("a ,b" "We""ird.näme"."e ,(" DEFAULT 'x', VARIADIC "out" integer[] DEFAULT '{}') RETURNS "We""ird.näme"."e ,("[] LANGUAGE sql  AS $_$SELECT ARRAY[$1] /* %s $$ */$_$;
COMMENT ON FUNCTION "We""ird.näme"."f(x, "("We""ird.näme"."e ,(", integer[]) IS '%d';
