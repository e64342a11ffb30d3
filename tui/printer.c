/* See printer.h. A line is built whole and written with one call, so that narration of several processes on one
 * terminal never mixes within a line. What cannot be written is kept in mind and told once, by printer_finish. */
#include "tui/printer.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "store/text.h"

#define PROGRESS_COLUMNS 80 /* where the terminal does not tell its width */

struct printer {
    struct printer_options options;
    char *command;
    bool narrates_to_terminal;
    bool has_progress; /* a progress line stands on the terminal */
    int answer_errno;  /* of the first failed write, or 0 */
};

static const char *const colours[] = {
    [ROLE_PLAIN] = "",       [ROLE_GOOD] = "\033[32m", [ROLE_NOTE] = "\033[36m", [ROLE_WARN] = "\033[33m",
    [ROLE_BAD] = "\033[31m", [ROLE_DIM] = "\033[2m",   [ROLE_HEAD] = "\033[1m",
};
_Static_assert(countof(colours) == ROLE_HEAD + 1, "every role has its colour");

struct printer *printer_new(TALLOC_CTX *owner, const struct printer_options *options)
{
    struct printer *printer = talloc_zero(owner, struct printer);
    if (!printer)
        abort();
    printer->options = *options;
    int descriptor = fileno(options->narration);
    printer->narrates_to_terminal = descriptor >= 0 && isatty(descriptor);
    printer_set_command(printer, options->command ? options->command : "pgdeck");
    return printer;
}

enum printer_format printer_format(const struct printer *printer) { return printer->options.format; }

enum printer_verbosity printer_verbosity(const struct printer *printer) { return printer->options.verbosity; }

void printer_set_command(struct printer *printer, const char *command)
{
    char *copy = talloc_strdup(printer, command);
    talloc_free(printer->command);
    printer->command = copy;
}

void printer_set_format(struct printer *printer, enum printer_format format) { printer->options.format = format; }

void printer_set_colour(struct printer *printer, enum printer_colour colour)
{
    printer->options.answer_colour = printer->options.narration_colour = colour;
}

static void write_answer(struct printer *printer, const char *text)
{
    printer_progress(printer, NULL);
    if (fputs(text, printer->options.answer) == EOF && !printer->answer_errno)
        printer->answer_errno = errno;
}

/* Narration that cannot be written has nobody to be told to. */
static void write_narration(struct printer *printer, const char *text)
{
    fputs(text, printer->options.narration);
    fflush(printer->options.narration);
}

/* The text in a role's colour. */
static char *paint(TALLOC_CTX *owner, enum printer_colour colour, enum printer_role role, const char *text)
{
    if (colour == COLOUR_OFF || role == ROLE_PLAIN || !*text)
        return talloc_strdup(owner, text);
    return talloc_asprintf(owner, "%s%s\033[0m", colours[role], text);
}

void printer_line(struct printer *printer, enum printer_role role, const char *format, ...)
{
    if (printer->options.format == PRINTER_JSON)
        return;
    TALLOC_CTX *scratch = talloc_new(NULL);
    va_list arguments;
    va_start(arguments, format);
    char *text = talloc_vasprintf(scratch, format, arguments);
    va_end(arguments);
    char *clean = text_sanitise(scratch, text, strlen(text), TEXT_ONE_LINE);
    write_answer(printer,
                 talloc_asprintf(scratch, "%s\n", paint(scratch, printer->options.answer_colour, role, clean)));
    talloc_free(scratch);
}

void printer_block(struct printer *printer, const char *text)
{
    if (printer->options.format == PRINTER_JSON)
        return;
    size_t length = strlen(text);
    char *clean = text_sanitise(NULL, text, length, TEXT_KEEP_NEWLINES);
    write_answer(printer, clean);
    if (length && text[length - 1] != '\n')
        write_answer(printer, "\n");
    talloc_free(clean);
}

void printer_bytes(struct printer *printer, const char *bytes, size_t size_bytes)
{
    if (printer->options.format == PRINTER_JSON)
        return;
    if (fwrite(bytes, 1, size_bytes, printer->options.answer) != size_bytes && !printer->answer_errno)
        printer->answer_errno = errno;
}

/* Fifteen digits read well; where they are not the number any more, all get the seventeen that always are. */
static size_t digits_needed(json_t *value)
{
    size_t index, digits = 15;
    const char *key;
    json_t *part;
    if (json_is_real(value)) {
        char text[32];
        snprintf(text, sizeof text, "%.15g", json_real_value(value));
        return strtod(text, NULL) == json_real_value(value) ? 15 : 17;
    }
    json_array_foreach(value, index, part) digits = digits == 15 ? digits_needed(part) : digits;
    json_object_foreach(value, key, part) digits = digits == 15 ? digits_needed(part) : digits;
    return digits;
}

static void write_document(struct printer *printer, json_t *document, size_t layout)
{
    if (printer->options.format == PRINTER_JSON) {
        json_t *whole = json_pack("{s:i, s:o}", "format", 1, "command", printer_json_text(printer->command));
        json_object_update(whole, document);
        char *text = json_dumps(whole, layout | JSON_REAL_PRECISION(digits_needed(whole)));
        if (!text)
            abort();
        write_answer(printer, text);
        write_answer(printer, "\n");
        free(text);
        json_decref(whole);
    }
    json_decref(document);
}

void printer_document(struct printer *printer, json_t *document) { write_document(printer, document, JSON_INDENT(2)); }

void printer_record(struct printer *printer, json_t *document) { write_document(printer, document, JSON_COMPACT); }

/* Writes one line of narration, sanitised. */
static void narrate(struct printer *printer, enum printer_role role, const char *prefix, const char *format,
                    va_list arguments, const char *end)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    char *text = talloc_vasprintf(scratch, format, arguments);
    char *clean = text_sanitise(scratch, text, strlen(text), TEXT_ONE_LINE);
    char *line = talloc_asprintf(scratch, "%s%s", prefix, clean);
    printer_progress(printer, NULL);
    write_narration(
        printer, talloc_asprintf(scratch, "%s%s", paint(scratch, printer->options.narration_colour, role, line), end));
    talloc_free(scratch);
}

void printer_note(struct printer *printer, const char *format, ...)
{
    if (printer->options.verbosity == PRINTER_QUIET)
        return;
    va_list arguments;
    va_start(arguments, format);
    narrate(printer, ROLE_PLAIN, "", format, arguments, "\n");
    va_end(arguments);
}

void printer_detail(struct printer *printer, const char *format, ...)
{
    if (printer->options.verbosity != PRINTER_VERBOSE)
        return;
    va_list arguments;
    va_start(arguments, format);
    narrate(printer, ROLE_DIM, "", format, arguments, "\n");
    va_end(arguments);
}

void printer_warning(struct printer *printer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    narrate(printer, ROLE_WARN, "warning: ", format, arguments, "\n");
    va_end(arguments);
}

void printer_shown(struct printer *printer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    narrate(printer, ROLE_PLAIN, "", format, arguments, "\n");
    va_end(arguments);
}

void printer_prompt(struct printer *printer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    narrate(printer, ROLE_HEAD, "", format, arguments, " ");
    va_end(arguments);
}

/* One column less than there are: a full line would make some terminals scroll. */
static int terminal_columns(const struct printer *printer)
{
    struct winsize size = {0};
    bool is_known = ioctl(fileno(printer->options.narration), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return is_known ? size.ws_col - 1 : PROGRESS_COLUMNS - 1;
}

void printer_progress(struct printer *printer, const char *text)
{
    if (!printer->narrates_to_terminal || printer->options.verbosity == PRINTER_QUIET)
        return;
    if (!text) {
        if (printer->has_progress)
            write_narration(printer, "\r\033[K");
        printer->has_progress = false;
        return;
    }
    TALLOC_CTX *scratch = talloc_new(NULL);
    char *clean = text_sanitise(scratch, text, strlen(text), TEXT_ONE_LINE);
    char *fitted =
        text_width(clean) > terminal_columns(printer) ? text_fit(scratch, clean, terminal_columns(printer)) : clean;
    write_narration(printer, talloc_asprintf(scratch, "\r%s\033[K", fitted));
    printer->has_progress = true;
    talloc_free(scratch);
}

void printer_error(struct printer *printer, const struct error *error, json_t *document)
{
    TALLOC_CTX *scratch = talloc_new(NULL);
    printer_progress(printer, NULL);
    char *text = printer_error_text(scratch, error);
    char *clean = text_sanitise(scratch, text, strlen(text), TEXT_KEEP_NEWLINES);
    size_t first = strcspn(clean, "\n");
    char *head = paint(scratch, printer->options.narration_colour, ROLE_BAD, talloc_strndup(scratch, clean, first));
    write_narration(printer, talloc_asprintf(scratch, "%s%s", head, clean + first));
    if (printer->options.format == PRINTER_JSON) {
        json_t *whole = document ? document : json_object();
        json_object_set_new(whole, "error", printer_error_json(error));
        printer_document(printer, whole);
    } else {
        json_decref(document);
    }
    talloc_free(scratch);
}

bool printer_finish(struct printer *printer, struct error *error)
{
    printer_progress(printer, NULL);
    if (fflush(printer->options.answer) == EOF && !printer->answer_errno)
        printer->answer_errno = errno;
    if (!printer->answer_errno)
        return true;
    error_set(error, ERROR_FILE, "the answer cannot be written: %s", strerror(printer->answer_errno));
    return error_hint(error, "What the command did stands; only its answer is lost.");
}

/* The table follows. */

static bool is_number(const char *cell)
{
    if (*cell == '-' && cell[1])
        cell++;
    for (; *cell; cell++)
        if (!strchr("0123456789.", *cell))
            return false;
    return true;
}

struct column_layout {
    int width;
    bool is_number;
};

static struct column_layout *lay_out(TALLOC_CTX *owner, const char *const *cells, size_t rows, size_t columns)
{
    struct column_layout *layout = talloc_zero_array(owner, struct column_layout, (unsigned)columns);
    for (size_t column = 0; column < columns; column++) {
        layout[column].is_number = rows > 1;
        for (size_t row = 0; row < rows; row++) {
            const char *cell = cells[row * columns + column];
            int width = text_width(cell);
            if (width > layout[column].width)
                layout[column].width = width;
            if (row > 0 && !is_number(cell))
                layout[column].is_number = false;
        }
    }
    return layout;
}

/* Writes cell and padding at `end`; returns the new end. */
static char *put_cell(char *end, const char *cell, const struct column_layout *layout)
{
    size_t size = strlen(cell), padding = (size_t)(layout->width - text_width(cell));
    char *text = layout->is_number ? end + padding : end;
    memset(layout->is_number ? end : end + size, ' ', padding);
    memcpy(text, cell, size);
    return end + size + padding;
}

static char *table_row(TALLOC_CTX *owner, const char *const *cells, const struct column_layout *layout, size_t columns)
{
    size_t room = 1;
    for (size_t column = 0; column < columns; column++)
        room += strlen(cells[column]) + (size_t)layout[column].width + 2;
    char *line = talloc_size(owner, room), *end = line;
    for (size_t column = 0; column < columns; column++) {
        if (column > 0) {
            memcpy(end, "  ", 2);
            end += 2;
        }
        end = put_cell(end, cells[column], &layout[column]);
    }
    while (end > line && end[-1] == ' ')
        end--;
    *end = '\0';
    return line;
}

void printer_table(struct printer *printer, const char *const *cells, const enum printer_role *roles, size_t rows,
                   size_t columns)
{
    if (printer->options.format == PRINTER_JSON)
        return;
    TALLOC_CTX *scratch = talloc_new(NULL);
    const char **clean = talloc_array(scratch, const char *, (unsigned)(rows * columns));
    for (size_t i = 0; i < rows * columns; i++) {
        const char *cell = cells[i] ? cells[i] : "";
        clean[i] = text_is_plain(cell) ? cell : text_sanitise(clean, cell, strlen(cell), TEXT_ONE_LINE);
    }
    struct column_layout *layout = lay_out(scratch, clean, rows, columns);
    for (size_t row = 0; row < rows; row++) {
        enum printer_role role = row == 0 ? ROLE_HEAD : roles ? roles[row] : ROLE_PLAIN;
        char *line = table_row(scratch, &clean[row * columns], layout, columns);
        write_answer(printer,
                     talloc_asprintf(scratch, "%s\n", paint(scratch, printer->options.answer_colour, role, line)));
        talloc_free(line);
    }
    talloc_free(scratch);
}
