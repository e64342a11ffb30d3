/* See rules.h: the lights. A light is a glyph and the rule's id; colour says nothing that they do not. */
#include "store/text.h"
#include "tui/answer.h"
#include "tui/screens/rules.h"

enum { NAME_COLUMNS = 11, GAP_COLUMNS = 2 };

static const struct rules_look looks[] = {
    [HOUSE_UNKNOWN] = {GLYPH_DOT, LOOK_DIM},    [HOUSE_ASKING] = {GLYPH_RUNNING, LOOK_NOTE},
    [HOUSE_HOLDS] = {GLYPH_DONE, LOOK_GOOD},    [HOUSE_BROKEN] = {GLYPH_FAILED, LOOK_BAD},
    [HOUSE_WARNS] = {GLYPH_CHANGED, LOOK_WARN}, [HOUSE_SKIPPED] = {GLYPH_DOT, LOOK_DIM},
};

const struct rules_look *rules_look(enum house_state state) { return &looks[state]; }

static void add_sum(struct document *document, const struct house *house)
{
    const struct rules_report *report = house_report(house);
    document_add(document, LOOK_DIM, " %-*s ", NAME_COLUMNS, "Rules");
    document_add(document, LOOK_GOOD, "%s %zu hold   ", theme_glyph(GLYPH_DONE), report->held);
    document_add(document, report->failed ? LOOK_BAD : LOOK_DIM, "%s %zu broken   ", theme_glyph(GLYPH_FAILED),
                 report->failed);
    if (report->warned)
        document_add(document, LOOK_WARN, "%s %zu with warnings   ", theme_glyph(GLYPH_CHANGED), report->warned);
    document_add(document, LOOK_DIM, "%s %zu skipped%s", theme_glyph(GLYPH_DOT), report->skipped,
                 house_is_stale(house) ? "   (before the last change)" : "");
    document_end_line(document);
}

static bool is_lit(const struct house *house, size_t rule)
{
    return house_light(house, (enum rule_id)rule)->state != HOUSE_UNKNOWN;
}

static void add_lights(struct document *document, const struct house *house, size_t here, int columns)
{
    int at = columns;
    size_t shown = 0;
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct house_light *light = house_light(house, (enum rule_id)i);
        char text[80];
        if (!is_lit(house, i))
            continue;
        snprintf(text, sizeof text, light->findings ? "%s %s %zu" : "%s %s", theme_glyph(looks[light->state].glyph),
                 rules[i].id, light->findings);
        int width = text_width(text) + GAP_COLUMNS;
        if (at + width > columns) {
            if (shown > 0)
                document_end_line(document);
            document_add(document, LOOK_DIM, " %-*s ", NAME_COLUMNS, "");
            at = NAME_COLUMNS + 2;
        }
        document_add(document, shown == here ? LOOK_CURSOR : looks[light->state].look, "%s", text);
        document_add(document, LOOK_PLAIN, "%*s", GAP_COLUMNS, "");
        at += width;
        shown++;
    }
    if (shown > 0)
        document_end_line(document);
}

size_t rules_lights_count(const struct house *house)
{
    size_t count = 0;
    for (size_t i = 0; i < RULE_COUNT; i++)
        count += is_lit(house, i);
    return count;
}

enum rule_id rules_light_rule(const struct house *house, size_t index)
{
    size_t rule = 0;
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (is_lit(house, i) && index-- == 0)
            rule = i;
    return (enum rule_id)rule;
}

void rules_lights_add(struct document *document, const struct house *house, size_t here, int columns)
{
    if (house_is_asking(house))
        document_fact(document, "Rules", NAME_COLUMNS, LOOK_NOTE, "%s asking%s %s", theme_glyph(GLYPH_RUNNING),
                      theme_glyph(GLYPH_ELLIPSIS), house_doing(house));
    else if (house_report(house))
        add_sum(document, house);
    else
        document_fact(document, "Rules", NAME_COLUMNS, LOOK_DIM, "%s not asked: v asks the house rules",
                      theme_glyph(GLYPH_DOT));
    add_lights(document, house, here, columns);
    if (house_problem(house) && !house_is_asking(house))
        document_fact(document, "", NAME_COLUMNS, LOOK_BAD, "%s %s", theme_glyph(GLYPH_FAILED), house_problem(house));
}
