/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of JSON, checked strictly before a lenient and recursive parser may see them. */
#include "formats/tn-json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"

typedef struct
{
  const char *at;
  const char *end;
  const char *line_start;
  guint line;
  guint depth;
  guint units;
  const char *place;
  GError **error;
} Lexer;

/* @reason is a translated part of a sentence. */
static gboolean
fail (Lexer *lexer, const char *at, const char *reason)
{
  glong column = g_utf8_pointer_to_offset (lexer->line_start, at) + 1;

  g_set_error (lexer->error, TN_ERROR, TN_ERROR_SYNTAX,
               /* Translators: %s: file name, %u: line, %ld: column, %s: what is wrong there */
               _ ("%s is not valid JSON: line %u, column %ld: %s."), lexer->place, lexer->line,
               column, reason);
  return FALSE;
}

static gboolean
is_at (const Lexer *lexer, const char *word)
{
  gsize length = strlen (word);

  return (gsize)(lexer->end - lexer->at) >= length && memcmp (lexer->at, word, length) == 0;
}

/* The code unit of the "\uXXXX" at @at, or -1. */
static int
code_unit (const Lexer *lexer, const char *at)
{
  int unit = 0;

  if (lexer->end - at < 6 || at[0] != '\\' || at[1] != 'u')
    return -1;
  for (int i = 2; i < 6; i++)
    {
      int digit = g_ascii_xdigit_value (at[i]);

      if (digit < 0)
        return -1;
      unit = unit * 16 + digit;
    }
  return unit;
}

static gboolean
check_escape (Lexer *lexer)
{
  int unit;

  if (lexer->at + 1 == lexer->end)
    return fail (lexer, lexer->at, _ ("the file ends within a string"));
  if (lexer->at[1] != 'u')
    {
      if (!strchr ("\"\\/bfnrt", lexer->at[1]))
        return fail (lexer, lexer->at, _ ("an unknown escape in a string"));
      lexer->at += 2;
      return TRUE;
    }

  unit = code_unit (lexer, lexer->at);
  if (unit < 0)
    return fail (lexer, lexer->at, _ ("\\u without four hexadecimal digits"));
  if (unit == 0)
    return fail (lexer, lexer->at, _ ("a NUL character in a string"));
  if (unit >= 0xD800 && unit < 0xDC00)
    {
      int low = code_unit (lexer, lexer->at + 6);

      if (low < 0xDC00 || low > 0xDFFF)
        return fail (lexer, lexer->at, _ ("half a character (a lone surrogate) in a string"));
      lexer->at += 6;
    }
  else if (unit >= 0xDC00 && unit <= 0xDFFF)
    return fail (lexer, lexer->at, _ ("half a character (a lone surrogate) in a string"));
  lexer->at += 6;
  return TRUE;
}

static gboolean
check_string (Lexer *lexer)
{
  const char *start = lexer->at++;

  while (lexer->at < lexer->end && *lexer->at != '"')
    {
      if ((guchar)*lexer->at < 0x20)
        return fail (lexer, lexer->at, _ ("a line break or control character within a string"));
      if (*lexer->at != '\\')
        lexer->at++;
      else if (!check_escape (lexer))
        return FALSE;
    }
  if (lexer->at == lexer->end)
    return fail (lexer, start, _ ("this string has no end"));
  lexer->at++;
  return TRUE;
}

static void
skip_digits (Lexer *lexer)
{
  while (lexer->at < lexer->end && g_ascii_isdigit (*lexer->at))
    lexer->at++;
}

static gboolean
check_number (Lexer *lexer)
{
  const char *start = lexer->at, *digits;
  g_autofree char *copy = NULL;
  gboolean is_float = FALSE;

  if (*lexer->at == '-')
    lexer->at++;
  if (is_at (lexer, "Infinity"))
    return fail (lexer, start, _ ("infinity, which no JSON number can be"));
  digits = lexer->at;
  skip_digits (lexer);
  if (lexer->at == digits)
    return fail (lexer, start, _ ("a minus without a number"));
  if (*digits == '0' && lexer->at - digits > 1)
    return fail (lexer, start, _ ("a number with a leading zero"));
  if (lexer->at < lexer->end && *lexer->at == '.')
    {
      digits = ++lexer->at;
      skip_digits (lexer);
      if (lexer->at == digits)
        return fail (lexer, start, _ ("a number without digits after its point"));
      is_float = TRUE;
    }
  if (lexer->at < lexer->end && (*lexer->at == 'e' || *lexer->at == 'E'))
    {
      lexer->at++;
      if (lexer->at < lexer->end && (*lexer->at == '+' || *lexer->at == '-'))
        lexer->at++;
      digits = lexer->at;
      skip_digits (lexer);
      if (lexer->at == digits)
        return fail (lexer, start, _ ("a number without digits in its exponent"));
      is_float = TRUE;
    }

  if (lexer->at - start > 1000)
    return fail (lexer, start, _ ("a number of more than a thousand digits"));
  copy = g_strndup (start, lexer->at - start);
  if (is_float && !isfinite (g_ascii_strtod (copy, NULL)))
    return fail (lexer, start, _ ("a number too large to be kept"));
  if (!is_float && !g_ascii_string_to_signed (copy, 10, G_MININT64, G_MAXINT64, NULL, NULL))
    return fail (lexer, start, _ ("a whole number too large to be kept"));
  return TRUE;
}

static gboolean
check_word (Lexer *lexer)
{
  static const char *const words[] = { "true", "false", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (is_at (lexer, words[i]))
      {
        lexer->at += strlen (words[i]);
        if (lexer->at == lexer->end || !(g_ascii_isalnum (*lexer->at) || *lexer->at == '_'))
          return TRUE;
        lexer->at -= strlen (words[i]);
      }
  if (is_at (lexer, "NaN"))
    return fail (lexer, lexer->at, _ ("NaN, which no JSON number can be"));
  if (is_at (lexer, "Infinity"))
    return fail (lexer, lexer->at, _ ("infinity, which no JSON number can be"));
  return fail (lexer, lexer->at, _ ("something that is no word of JSON"));
}

/* One word that is no white space. */
static gboolean
check_token (Lexer *lexer)
{
  switch (*lexer->at)
    {
    case '{':
    case '[':
      if (++lexer->depth > TN_JSON_MAX_DEPTH)
        return fail (lexer, lexer->at, _ ("nested too deeply"));
      lexer->units += *lexer->at == '{' ? 8 : 2;
      lexer->at++;
      break;
    case '}':
    case ']':
      if (lexer->depth == 0)
        return fail (lexer, lexer->at, _ ("a closing bracket that was never opened"));
      lexer->depth--;
      lexer->at++;
      break;
    case ',':
    case ':':
      if (lexer->depth == 0)
        return fail (lexer, lexer->at, _ ("something that is no word of JSON"));
      lexer->at++;
      break;
    case '"':
      lexer->units++;
      return check_string (lexer);
    default:
      lexer->units++;
      if (*lexer->at == '-' || g_ascii_isdigit (*lexer->at))
        return check_number (lexer);
      return check_word (lexer);
    }
  return TRUE;
}

/* Moves to the next word. FALSE at the end. */
static gboolean
skip_space (Lexer *lexer)
{
  for (; lexer->at < lexer->end; lexer->at++)
    {
      if (*lexer->at == '\n')
        {
          lexer->line++;
          lexer->line_start = lexer->at + 1;
        }
      else if (*lexer->at != ' ' && *lexer->at != '\t' && *lexer->at != '\r')
        return TRUE;
    }
  return FALSE;
}

/* The line and column of the byte where @text stops being UTF-8. */
static gboolean
fail_encoding (Lexer *lexer, const char *bad)
{
  for (const char *at = lexer->at; at < bad; at++)
    if (*at == '\n')
      {
        lexer->line++;
        lexer->line_start = at + 1;
      }
  return fail (lexer, bad, *bad == '\0' ? _ ("a NUL byte") : _ ("this is not UTF-8"));
}

gboolean
tn_json_check (const char *text, gsize length, const char *place, GError **error)
{
  Lexer lexer = {
    .at = text, .end = text + length, .line_start = text, .line = 1, .place = place, .error = error
  };
  const char *bad;
  gboolean complete = FALSE;

  if (!g_utf8_validate_len (text, length, &bad))
    return fail_encoding (&lexer, bad);

  while (skip_space (&lexer))
    {
      if (complete)
        return fail (&lexer, lexer.at, _ ("more text after the end"));
      if (!check_token (&lexer))
        return FALSE;
      if (lexer.units > TN_JSON_MAX_UNITS)
        return fail (&lexer, lexer.at, _ ("the file holds more values than can be opened"));
      complete = lexer.depth == 0;
    }
  if (lexer.depth > 0)
    return fail (&lexer, lexer.end, _ ("the file ends too early"));
  if (!complete)
    return fail (&lexer, lexer.end, _ ("the file is empty"));
  return TRUE;
}
