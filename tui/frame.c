/* See frame.h. */
#include "tui/frame.h"

#include <ctype.h>
#include <time.h>

#include "store/clock.h"
#include "store/text.h"
#include "tui/input.h"
#include "tui/mirrors.h"
#include "tui/house.h"
#include "tui/parity.h"

enum { TOP_ROW, TAB_ROW, CRUMB_ROW, BODY_ROW };
enum { LAST_KEYS_COLUMNS = 27 /* ": command  ? help  q back" */ };
enum { LEAST_PLACE_COLUMNS = 8, SHORT_ROLE_COLUMNS = 12 };

static int put(struct console *console, int row, int at, enum look look, const char *text)
{
    return at + terminal_put(console->terminal, row, at, terminal_columns(console->terminal) - at, look, text);
}

static const char *clock_text(TALLOC_CTX *owner)
{
    time_t now = (time_t)(clock_wall_us() / 1000000);
    struct tm local;
    char text[8] = "";
    if (localtime_r(&now, &local))
        strftime(text, sizeof text, "%H:%M", &local);
    return talloc_strdup(owner, text);
}

/* ---- top line ---- */

static const char *target_place(TALLOC_CTX *owner, const struct target *target, const struct session_facts *facts)
{
    const char *database = facts ? facts->database : target->database;
    if (target->is_embedded)
        return "private cluster";
    bool is_local = !target->host || !*target->host || *target->host == '/'; /* Status shows the socket's folder */
    return talloc_asprintf(owner, "%s @ %s%s%s", database && *database ? database : target->name,
                           is_local ? "local" : target->host, is_local ? "" : ":", is_local ? "" : target->port);
}

/* How much is said, from most to least. */
enum brevity { BREVITY_NONE, BREVITY_PRODUCT, BREVITY_VERSION, BREVITY_ROLE, BREVITY_COUNT };

static const char *server_words(TALLOC_CTX *owner, const struct session_facts *facts, enum brevity brevity)
{
    if (!facts)
        return "";
    const char *product = brevity == BREVITY_NONE ? "PostgreSQL" : "PG";
    const char *version =
        talloc_asprintf(owner, "  %s %.*s", product, (int)strcspn(facts->server_version, " "), facts->server_version);
    const char *role = text_sanitise(owner, facts->role, strlen(facts->role), TEXT_ONE_LINE);
    if (brevity == BREVITY_ROLE && text_width(role) > SHORT_ROLE_COLUMNS)
        role = text_fit(owner, role, SHORT_ROLE_COLUMNS);
    return talloc_asprintf(owner, "  as %s%s  %s", role, brevity < BREVITY_VERSION ? version : "",
                           facts->in_recovery ? "standby" : "primary");
}

/* The name in capitals, that it is seen; that of a connection string is host/database, which the place says too. */
static const char *target_words(TALLOC_CTX *owner, const struct target *target, const struct session_facts *facts)
{
    const char *place = target_place(owner, target, facts);
    if (strchr(target->name, '/'))
        return talloc_asprintf(owner, " %s", place);
    char *name = talloc_strdup(owner, target->name);
    for (char *at = name; *at; at++)
        *at = (char)toupper((unsigned char)*at);
    return talloc_asprintf(owner, " %s  %s", name, place);
}

/* Who, what and how careful always has its place; which database is cut last of all, by its end. */
static const char *top_text(struct console *console, TALLOC_CTX *owner, int columns)
{
    const struct deck *deck = console->deck;
    if (!console->is_target_open)
        return error_is_set(console->problem) ? " no target" : " opening the target…";
    const struct session_facts *facts = console->survey ? console->survey->facts : NULL;
    const char *proof = facts && facts->read_only ? "  READ-ONLY" : "";
    const char *left = target_words(owner, deck->target, facts);
    const char *right = NULL;
    int room = text_width(left); /* once the product is abbreviated, the place is cut before the role */
    for (int i = 0; i < BREVITY_COUNT && (!right || text_width(right) + room > columns); i++) {
        right = talloc_asprintf(owner, "%s  %s%s", server_words(owner, facts, (enum brevity)i), guard_name(deck->guard),
                                proof);
        if (i == BREVITY_PRODUCT)
            room = LEAST_PLACE_COLUMNS;
    }
    left = text_sanitise(owner, left, strlen(left), TEXT_ONE_LINE);
    if (text_width(left) + text_width(right) > columns && columns > text_width(right))
        left = text_fit(owner, left, columns - text_width(right));
    return talloc_asprintf(owner, "%s%s", left, right);
}

static void draw_top(struct console *console, TALLOC_CTX *memory)
{
    struct terminal *terminal = console->terminal;
    int columns = terminal_columns(terminal);
    const char *colour = console->is_target_open ? console->deck->target->colour : NULL;
    enum look look = theme_target(colour);
    terminal_fill(terminal, TOP_ROW, 0, columns, look);
    terminal_put(terminal, TOP_ROW, 0, columns - 7, look, top_text(console, memory, columns - 7));
    terminal_put(terminal, TOP_ROW, columns - 6, 5, look, clock_text(memory));
}

static void draw_tabs(struct console *console)
{
    int at = 1;
    for (int i = 0; i < SCREEN_COUNT; i++) {
        const struct screen_row *row = screen_row((enum screen_id)i);
        char label[32];
        snprintf(label, sizeof label, "%d %s", row->number, row->title);
        at = put(console, TAB_ROW, at, (int)console->here == i ? LOOK_TAB_HERE : LOOK_TAB, label) + 3;
    }
}

/* ---- crumbs ---- */

static const char *busy_text(struct console *console, TALLOC_CTX *owner)
{
    if (console->write_task)
        return talloc_asprintf(owner, "%s is running", console->write_name);
    if (console->command_task)
        return "running…";
    const struct parity_pair *pair = parity_asked(console->parity);
    if (pair)
        return talloc_asprintf(owner, "comparing %s with %s%s", mirrors_name(pair->from), mirrors_name(pair->to),
                               theme_glyph(GLYPH_ELLIPSIS));
    if (house_is_asking(console->house))
        return "asking the rules…";
    if (console->compare_task)
        return "comparing…";
    if (console->measure_task)
        return "measuring…";
    return console->refreshing ? "reading…" : NULL;
}

/* Puts one crumb; returns where the next one goes. */
static int put_crumb(struct console *console, int at, enum look look, const char *text)
{
    at = put(console, CRUMB_ROW, at + 1, LOOK_DIM, theme_glyph(GLYPH_CRUMB)) + 1;
    return put(console, CRUMB_ROW, at, look, text);
}

static int crumb_width(TALLOC_CTX *memory, const char *crumb)
{
    return 3 + text_width(text_sanitise(memory, crumb, strlen(crumb), TEXT_ONE_LINE));
}

/* The way here. Of a long one the middle is left out: where one is, and where one came from, stand at its end. */
static int put_way(struct console *console, TALLOC_CTX *memory)
{
    const char *crumbs[CONSOLE_PAGES + 1];
    size_t count = 0, first = 0;
    int width = 0;
    for (size_t i = 0; i <= console->page_count; i++) {
        struct view *view = i == 0 ? console->screens[console->here] : console->pages[i - 1];
        const char *crumb = view->class->crumb ? view->class->crumb(view, memory) : NULL;
        if (!crumb || !*crumb)
            continue;
        crumbs[count++] = crumb;
        width += crumb_width(memory, crumb);
    }
    int at = put(console, CRUMB_ROW, 1, LOOK_STRONG, screen_row(console->here)->title);
    int room = terminal_columns(console->terminal) - at - 1;
    if (width > room)
        room -= 4;
    while (first + 1 < count && width > room)
        width -= crumb_width(memory, crumbs[first++]);
    if (first > 0)
        at = put_crumb(console, at, LOOK_DIM, theme_glyph(GLYPH_ELLIPSIS));
    for (size_t i = first; i < count; i++)
        at = put_crumb(console, at, i + 1 == count ? LOOK_STRONG : LOOK_PLAIN, crumbs[i]);
    return at;
}

static void draw_crumbs(struct console *console, TALLOC_CTX *memory)
{
    struct view *front = console_front(console);
    int at = put_way(console, memory);
    const char *busy = busy_text(console, memory);
    const char *summary = front->class->summary ? front->class->summary(front, memory) : NULL;
    const char *right = busy && summary && *summary ? talloc_asprintf(memory, "%s  %s", summary, busy)
                        : busy                      ? busy
                                                    : summary;
    int columns = terminal_columns(console->terminal);
    if (right && at + 2 + text_width(right) < columns)
        put(console, CRUMB_ROW, columns - 1 - text_width(right), LOOK_PLAIN, right);
}

/* A lost connection, a broken file: it stays in sight until an attempt succeeds. */
static int draw_banner(struct console *console, int row, TALLOC_CTX *memory)
{
    if (!error_is_set(console->problem) || !console->survey)
        return row;
    const struct error *problem = console->problem;
    const char *since = survey_short_time(memory, clock_format(memory, console->survey->taken_us));
    const char *place =
        problem->file && problem->line ? talloc_asprintf(memory, "%s:%d: ", problem->file, problem->line) : "";
    char *text =
        problem->code == ERROR_CONNECTION
            ? talloc_asprintf(memory, " NOT CONNECTED, trying again. As of %s UTC. (:messages) %s", since,
                              problem->message)
            : talloc_asprintf(memory, " As of %s UTC; r tries again. (:messages) %s%s", since, place, problem->message);
    terminal_fill(console->terminal, row, 0, terminal_columns(console->terminal), LOOK_MESSAGE_BAD);
    put(console, row, 0, LOOK_MESSAGE_BAD, text);
    return row + 1;
}

/* ---- bottom ---- */

static void draw_message_line(struct console *console, int row, TALLOC_CTX *memory)
{
    int columns = terminal_columns(console->terminal);
    struct area area = {row, 1, 1, columns - 2};
    enum message_kind kind = MESSAGE_NOTE;
    const char *message = messages_shown(console->messages, &kind);
    if (prompt_is_open(console->prompt) && !message) {
        prompt_draw(console->prompt, console->terminal, area);
        return;
    }
    if (console->asker) {
        field_draw(console->terminal, area, console->ask_prompt, console->field.text, console->field.at);
        return;
    }
    static const enum look looks[] = {
        [MESSAGE_NOTE] = LOOK_PLAIN,
        [MESSAGE_GOOD] = LOOK_GOOD,
        [MESSAGE_WARNING] = LOOK_MESSAGE_WARN,
        [MESSAGE_ERROR] = LOOK_MESSAGE_BAD,
    };
    struct view *front = console_front(console);
    const char *position = front->class->position && !console->dialog ? front->class->position(front, memory) : "";
    if (message && text_width(message) > columns - 3 - text_width(position))
        position = ""; /* the way out stands at a message's end */
    int room = columns - 3 - text_width(position);
    if (message)
        terminal_put(console->terminal, row, 1, room, looks[kind], message);
    put(console, row, columns - 1 - text_width(position), LOOK_DIM, position);
}

/* The keys of a footer: "A apply…", until the room is used up. */
static int put_key(struct console *console, int row, int at, int end, enum action action)
{
    char key[INPUT_NAME_BYTES];
    const char *name = action_key(action, key), *label = action_row(action)->label;
    if (at + text_width(name) + 1 + text_width(label) > end)
        return at;
    at = put(console, row, at, LOOK_KEY, name);
    return put(console, row, at + 1, LOOK_PLAIN, label) + 2;
}

static bool is_refused(struct view *view, enum action action)
{
    return view->class->refusal && view->class->refusal(view, action);
}

static void draw_footer(struct console *console, int row, TALLOC_CTX *memory UNUSED)
{
    struct view *front = console->dialog ? console->dialog : console_front(console);
    if (prompt_is_open(console->prompt)) {
        put(console, row, 1, LOOK_DIM, "Enter run   Tab complete   ^p ^n history   Esc cancel");
        return;
    }
    if (console->asker || front->class->footer) {
        put(console, row, 1, LOOK_DIM, console->asker ? "Enter take   Esc cancel   ^u clear" : front->class->footer);
        return;
    }
    /* The last three always have their place. */
    int end = terminal_columns(console->terminal) - LAST_KEYS_COLUMNS, at = 1;
    for (int i = 0; i < ACTION_COUNT; i++) {
        const struct action_row *action = action_row((enum action)i);
        bool is_last = i == ACTION_COMMAND || i == ACTION_HELP || i == ACTION_BACK;
        if (*action->label && (action->where & front->class->where) && !is_last && !is_refused(front, (enum action)i))
            at = put_key(console, row, at, end, (enum action)i);
    }
    end += LAST_KEYS_COLUMNS;
    at = put_key(console, row, at, end, ACTION_COMMAND);
    at = put_key(console, row, at, end, ACTION_HELP);
    put_key(console, row, at, end, ACTION_BACK);
}

static void draw_too_small(struct console *console)
{
    struct terminal *terminal = console->terminal;
    char text[64];
    snprintf(text, sizeof text, "terminal %dx%d, need %dx%d", terminal_columns(terminal), terminal_rows(terminal),
             FRAME_LEAST_COLUMNS, FRAME_LEAST_ROWS);
    terminal_put(terminal, 0, 0, terminal_columns(terminal), LOOK_PLAIN, text);
}

static void draw_all(struct console *console)
{
    struct terminal *terminal = console->terminal;
    int rows = terminal_rows(terminal), columns = terminal_columns(terminal);
    TALLOC_CTX *memory = talloc_new(console);
    draw_top(console, memory);
    draw_tabs(console);
    draw_crumbs(console, memory);
    int row = draw_banner(console, BODY_ROW, memory);
    struct area body = {row, 0, rows - row - 2, columns};
    struct view *front = console_front(console);
    front->class->draw(front, terminal, body);
    if (console->dialog) {
        for (int i = 0; i < body.rows; i++) /* a question stands alone */
            terminal_fill(terminal, body.row + i, 0, columns, LOOK_PLAIN);
        console->dialog->class->draw(console->dialog, terminal, body);
    }
    draw_message_line(console, rows - 2, memory);
    draw_footer(console, rows - 1, memory);
    talloc_free(memory);
}

void frame_draw(struct console *console)
{
    struct terminal *terminal = console->terminal;
    terminal_begin(terminal);
    if (terminal_rows(terminal) < FRAME_LEAST_ROWS || terminal_columns(terminal) < FRAME_LEAST_COLUMNS)
        draw_too_small(console);
    else
        draw_all(console);
    terminal_end(terminal);
}
