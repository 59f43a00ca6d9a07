/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Printing: character sets, colours, tables, and messages on standard error. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/tn-error.h"
#include "base/tn-text.h"
#include "cli/cli-private.h"

/* Columns of running text; what has a narrower terminal breaks it again. */
#define LINE_WIDTH 80

/* TRUE also when the reader has gone: whoever asked for the beginning only has got it. */
static gboolean
write_all (int fd, const char *data, gsize length)
{
  while (length > 0)
    {
      gssize written = write (fd, data, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return errno == EPIPE;
      data += written;
      length -= (gsize)written;
    }
  return TRUE;
}

/* In the character set of the terminal; what that lacks becomes a question mark. */
static gboolean
write_text (int fd, const char *text)
{
  const char *charset;
  g_autofree char *converted = NULL;

  if (!g_get_charset (&charset))
    converted = g_convert_with_fallback (text, -1, charset, "UTF-8", "?", NULL, NULL, NULL);
  if (converted != NULL)
    text = converted;
  return write_all (fd, text, strlen (text));
}

static TnExit
after_writing (gboolean written, TnExit code)
{
  if (written)
    return code;
  return tn_cli_fail (TN_EXIT_USAGE, _ ("The standard output cannot be written: %s."),
                      g_strerror (errno));
}

TnExit
tn_cli_print (const char *text, TnExit code)
{
  return after_writing (write_text (STDOUT_FILENO, text), code);
}

TnExit
tn_cli_print_bytes (GBytes *bytes, TnExit code)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  return after_writing (write_all (STDOUT_FILENO, data, length), code);
}

TnExit
tn_cli_print_json (TnValue *value, TnExit code)
{
  g_autoptr (TnValue) owned = value;
  g_autofree char *json = tn_format_json (owned, TRUE);
  gsize length = strlen (json);
  gboolean ends = g_str_has_suffix (json, "\n");

  /* JSON is UTF-8 wherever it is printed. */
  return after_writing (write_all (STDOUT_FILENO, json, length)
                            && (ends || write_all (STDOUT_FILENO, "\n", 1)),
                        code);
}

void
tn_cli_print_error (const char *text)
{
  /* There is nobody left to be told when this fails. */
  write_text (STDERR_FILENO, text);
}

TnExit
tn_cli_fail (TnExit code, const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  line = g_strdup_printf ("tenon: %s\n", message);
  tn_cli_print_error (line);
  return code;
}

TnExit
tn_cli_fail_error (const GError *error)
{
  TnExit code = TN_EXIT_USAGE;

  if (g_error_matches (error, TN_ERROR, TN_ERROR_UNSUPPORTED))
    code = TN_EXIT_UNSUPPORTED;
  else if (g_error_matches (error, TN_ERROR, TN_ERROR_MODEL)
           || g_error_matches (error, TN_ERROR, TN_ERROR_DATA)
           || g_error_matches (error, TN_ERROR, TN_ERROR_MEMORY)
           || g_error_matches (error, TN_ERROR, TN_ERROR_CANCELLED))
    code = TN_EXIT_PROBLEMS;
  return tn_cli_fail (code, "%s", error->message);
}

/* ---- paper ---- */

TnPaper
tn_paper_new (int fd)
{
  const char *no_color = g_getenv ("NO_COLOR"), *term = g_getenv ("TERM");

  return (TnPaper){ .text = g_string_new (NULL),
                    .color = isatty (fd) && (no_color == NULL || *no_color == '\0') && term != NULL
                             && !g_str_equal (term, "dumb") };
}

void
tn_paper_clear (TnPaper *paper)
{
  if (paper->text != NULL)
    g_string_free (paper->text, TRUE);
  paper->text = NULL;
}

void
tn_paper_write (TnPaper *paper, TnInk ink, const char *format, ...)
{
  static const char *const inks[] = {
    [TN_INK_BOLD] = "\033[1m",       [TN_INK_DIM] = "\033[2m",   [TN_INK_ERROR] = "\033[1;31m",
    [TN_INK_WARNING] = "\033[1;33m", [TN_INK_GOOD] = "\033[32m", [TN_INK_CONTRACT] = "\033[1;35m",
  };
  gboolean inked = paper->color && ink != TN_INK_PLAIN;
  va_list arguments;

  if (inked)
    g_string_append (paper->text, inks[ink]);
  va_start (arguments, format);
  g_string_append_vprintf (paper->text, format, arguments);
  va_end (arguments);
  if (inked)
    g_string_append (paper->text, "\033[0m");
}

void
tn_paper_write_wrapped (TnPaper *paper, TnInk ink, const char *text, guint indent)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (line->len > 0
          && tn_text_columns (line->str) + 1 + tn_text_columns (words[i]) > LINE_WIDTH)
        {
          tn_paper_write (paper, ink, "%s", line->str);
          g_string_append_c (paper->text, '\n');
          g_string_truncate (line, 0);
        }
      if (line->len == 0)
        g_string_append_printf (line, "%*s%s", (int)indent, "", words[i]);
      else
        g_string_append_printf (line, " %s", words[i]);
    }
  tn_paper_write (paper, ink, "%s", line->str);
  g_string_append_c (paper->text, '\n');
}

/* ---- tables ---- */

typedef struct
{
  char *text;
  TnInk ink;
} Cell;

struct _TnTable
{
  GArray *cells; /* of Cell */
  char *columns;
};

static void
cell_clear (gpointer data)
{
  g_free (((Cell *)data)->text);
}

TnTable *
tn_table_new (const char *columns)
{
  TnTable *table = g_new0 (TnTable, 1);

  table->cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  g_array_set_clear_func (table->cells, cell_clear);
  table->columns = g_strdup (columns);
  return table;
}

void
tn_table_free (TnTable *table)
{
  if (table == NULL)
    return;
  g_array_unref (table->cells);
  g_free (table->columns);
  g_free (table);
}

void
tn_table_add (TnTable *table, TnInk ink, char *text)
{
  Cell cell = { .text = text != NULL ? text : g_strdup (""), .ink = ink };

  g_array_append_val (table->cells, cell);
}

void
tn_table_write (const TnTable *table, TnPaper *paper, guint indent)
{
  guint n_columns = (guint)strlen (table->columns);
  g_autofree guint *widths = g_new0 (guint, n_columns);

  for (guint i = 0; i < table->cells->len; i++)
    widths[i % n_columns]
        = MAX (widths[i % n_columns], tn_text_columns (g_array_index (table->cells, Cell, i).text));
  for (guint i = 0; i < table->cells->len; i++)
    {
      const Cell *cell = &g_array_index (table->cells, Cell, i);
      guint column = i % n_columns;
      int padding = (int)(widths[column] - tn_text_columns (cell->text));

      if (column == 0)
        g_string_append_printf (paper->text, "%*s", (int)indent, "");
      if (table->columns[column] == 'r')
        g_string_append_printf (paper->text, "%*s", padding, "");
      if (*cell->text != '\0')
        tn_paper_write (paper, cell->ink, "%s", cell->text);
      if (column + 1 < n_columns)
        g_string_append_printf (paper->text, "%*s", table->columns[column] == 'r' ? 2 : padding + 2,
                                "");
      else
        {
          /* No spaces at the end of a line. */
          while (paper->text->len > 0 && paper->text->str[paper->text->len - 1] == ' ')
            g_string_truncate (paper->text, paper->text->len - 1);
          g_string_append_c (paper->text, '\n');
        }
    }
}
