/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PNG and SVG that carry a model. A picture comes from anywhere: no length in it is believed. */
#include "formats/tn-carrier-private.h"

#include <string.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"

#define CHUNK 65536

#define PNG_START   "\x89PNG\r\n\x1a\n"
#define PNG_KEYWORD "Tenon model"
/* The head of a chunk, and its checksum. */
#define PNG_HEAD 8
#define PNG_TAIL 4

#define SVG_NAMESPACE "https://tenonapp.org/model"
#define SVG_ELEMENT   "tenon:model"

/* ---- what all share ---- */

GBytes *
tn_carrier_none (const char *place, GError **error)
{
  g_set_error (error, TN_ERROR, TN_ERROR_SYNTAX,
               _ ("%s is a picture that carries no model. Tenon puts the model into the pictures "
                  "that it exports; programs that change a picture may leave it out."),
               place);
  return NULL;
}

GBytes *
tn_carrier_damaged (const char *place, GError **error)
{
  g_set_error (error, TN_ERROR, TN_ERROR_SYNTAX, _ ("%s: the model in this picture is damaged."),
               place);
  return NULL;
}

GBytes *
tn_carrier_deflate (GBytes *bytes)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9);
  g_autoptr (GInputStream) plain = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (plain, G_CONVERTER (compressor));
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  gssize n;

  /* From memory to memory nothing can fail. */
  while ((n = g_input_stream_read (stream, chunk, CHUNK, NULL, NULL)) > 0)
    g_byte_array_append (out, chunk, (guint)n);
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

GBytes *
tn_carrier_inflate (const guint8 *data, gsize size, const char *place, GError **error)
{
  g_autoptr (GZlibDecompressor) decompressor
      = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  g_autoptr (GInputStream) packed = g_memory_input_stream_new_from_data (data, (gssize)size, NULL);
  g_autoptr (GInputStream) stream
      = g_converter_input_stream_new (packed, G_CONVERTER (decompressor));
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK);

  for (;;)
    {
      gssize n = g_input_stream_read (stream, chunk, CHUNK, NULL, NULL);

      if (n < 0)
        return tn_carrier_damaged (place, error);
      if (n == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&out));
      if (out->len + (gsize)n > TN_FORMAT_MAX_BYTES)
        {
          g_autofree char *limit
              = g_format_size_full (TN_FORMAT_MAX_BYTES, G_FORMAT_SIZE_IEC_UNITS);

          g_set_error (error, TN_ERROR, TN_ERROR_SYNTAX,
                       _ ("%s: the model in this picture is larger than %s."), place, limit);
          return NULL;
        }
      g_byte_array_append (out, chunk, (guint)n);
    }
}

/* ---- PNG ---- */

static guint32
read_word (const guint8 *at)
{
  return (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
}

static void
append_word (GByteArray *bytes, guint32 word)
{
  word = GUINT32_TO_BE (word);
  g_byte_array_append (bytes, (const guint8 *)&word, 4);
}

/* CRC-32 of ISO 3309, over the type and the data of a chunk (PNG specification, annex D). */
static guint32
checksum (const guint8 *data, gsize size)
{
  guint32 table[256];
  guint32 sum = 0xffffffff;

  for (guint32 i = 0; i < 256; i++)
    {
      table[i] = i;
      for (int bit = 0; bit < 8; bit++)
        table[i] = table[i] & 1 ? 0xedb88320 ^ table[i] >> 1 : table[i] >> 1;
    }
  for (gsize i = 0; i < size; i++)
    sum = table[(sum ^ data[i]) & 0xff] ^ sum >> 8;
  return ~sum;
}

static GBytes *
load_png (GBytes *picture, GBytes *model)
{
  /* Keyword, NUL, compressed, by zlib, no language, no translated keyword. */
  static const char head[] = "iTXt" PNG_KEYWORD "\0\1\0\0";
  g_autoptr (GBytes) packed = tn_carrier_deflate (model);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GByteArray) chunk = g_byte_array_new ();
  gsize size, packed_size, after;
  const guint8 *data = g_bytes_get_data (picture, &size);
  const guint8 *text = g_bytes_get_data (packed, &packed_size);

  /* The header comes first, and always has 13 bytes. */
  after = strlen (PNG_START) + PNG_HEAD + 13 + PNG_TAIL;
  if (size < after || packed_size > G_MAXINT32)
    return g_bytes_ref (picture);
  g_byte_array_append (chunk, (const guint8 *)head, sizeof head);
  g_byte_array_append (chunk, text, (guint)packed_size);
  g_byte_array_append (out, data, (guint)after);
  append_word (out, chunk->len - 4);
  g_byte_array_append (out, chunk->data, chunk->len);
  append_word (out, checksum (chunk->data, chunk->len));
  g_byte_array_append (out, data + after, (guint)(size - after));
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

/* Past the NUL that ends a text; NULL when there is none. */
static const guint8 *
skip_text (const guint8 *at, const guint8 *end)
{
  const guint8 *nul = at < end ? memchr (at, '\0', (gsize)(end - at)) : NULL;

  return nul != NULL ? nul + 1 : NULL;
}

static GBytes *
unload_chunk (const guint8 *at, const guint8 *end, const char *place, GError **error)
{
  gboolean packed;

  at += sizeof PNG_KEYWORD;
  if (end - at < 2 || at[0] > 1 || at[1] != 0)
    return tn_carrier_damaged (place, error);
  packed = at[0] == 1;
  at = skip_text (at + 2, end);
  if (at != NULL)
    at = skip_text (at, end);
  if (at == NULL)
    return tn_carrier_damaged (place, error);
  if (packed)
    return tn_carrier_inflate (at, (gsize)(end - at), place, error);
  return g_bytes_new (at, (gsize)(end - at));
}

static GBytes *
unload_png (GBytes *picture, const char *place, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (picture, &size);
  gsize at = strlen (PNG_START);

  while (size - at >= PNG_HEAD + PNG_TAIL)
    {
      const guint8 *chunk = data + at;
      gsize length = read_word (chunk);
      const guint8 *content = chunk + PNG_HEAD;

      if (length > size - at - PNG_HEAD - PNG_TAIL)
        return tn_carrier_damaged (place, error);
      if (memcmp (chunk + 4, "iTXt", 4) == 0 && length >= sizeof PNG_KEYWORD
          && memcmp (content, PNG_KEYWORD, sizeof PNG_KEYWORD) == 0)
        {
          if (checksum (chunk + 4, length + 4) != read_word (content + length))
            return tn_carrier_damaged (place, error);
          return unload_chunk (content, content + length, place, error);
        }
      if (memcmp (chunk + 4, "IEND", 4) == 0)
        break;
      at += PNG_HEAD + length + PNG_TAIL;
    }
  return tn_carrier_none (place, error);
}

/* ---- SVG ---- */

static GBytes *
load_svg (GBytes *picture, GBytes *model)
{
  g_autoptr (GBytes) packed = tn_carrier_deflate (model);
  gsize size, packed_size;
  const char *text = g_bytes_get_data (picture, &size);
  const guint8 *data = g_bytes_get_data (packed, &packed_size);
  g_autofree char *letters = g_base64_encode (data, packed_size);
  const char *start = g_strstr_len (text, (gssize)size, "<svg");
  const char *end = start != NULL ? memchr (start, '>', size - (gsize)(start - text)) : NULL;
  GString *out;

  if (end == NULL || end[-1] == '/')
    return g_bytes_ref (picture);
  end++;
  out = g_string_new_len (text, end - text);
  g_string_append (out, "\n<metadata><" SVG_ELEMENT " xmlns:tenon=\"" SVG_NAMESPACE
                        "\" encoding=\"zlib base64\">\n");
  /* Lines that editors can show. */
  for (gsize at = 0, length = strlen (letters); at < length; at += 76)
    g_string_append_printf (out, "%.76s\n", letters + at);
  g_string_append (out, "</" SVG_ELEMENT "></metadata>");
  g_string_append_len (out, end, (gssize)(size - (gsize)(end - text)));
  return g_string_free_to_bytes (out);
}

typedef struct
{
  GString *letters; /* NULL until the element begins */
  guint inside;     /* depth below it, itself included */
  gboolean ended;
} SvgReader;

static void
svg_start (GMarkupParseContext *context, const char *element, const char **names,
           const char **values, gpointer data, GError **error)
{
  SvgReader *reader = data;

  if (reader->inside > 0)
    reader->inside++;
  else if (!reader->ended && g_str_equal (element, SVG_ELEMENT))
    {
      reader->letters = g_string_new (NULL);
      reader->inside = 1;
    }
}

static void
svg_end (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  SvgReader *reader = data;

  if (reader->inside > 0 && --reader->inside == 0)
    reader->ended = TRUE;
}

static void
svg_text (GMarkupParseContext *context, const char *text, gsize length, gpointer data,
          GError **error)
{
  SvgReader *reader = data;

  if (reader->inside == 1)
    g_string_append_len (reader->letters, text, (gssize)length);
}

static GBytes *
unload_svg (GBytes *picture, const char *place, GError **error)
{
  static const GMarkupParser parser
      = { .start_element = svg_start, .end_element = svg_end, .text = svg_text };
  SvgReader reader = { 0 };
  g_autoptr (GMarkupParseContext) context
      = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reader, NULL);
  gsize size, n_bytes;
  const char *text = g_bytes_get_data (picture, &size);
  g_autofree guchar *packed = NULL;

  /* What comes after the model does not matter, so neither does whether it is well-formed. */
  for (gsize at = 0; at < size && !reader.ended; at += CHUNK)
    if (!g_markup_parse_context_parse (context, text + at, (gssize)MIN (size - at, CHUNK), NULL))
      break;
  if (reader.letters == NULL)
    return tn_carrier_none (place, error);
  if (!reader.ended)
    {
      g_string_free (reader.letters, TRUE);
      return tn_carrier_damaged (place, error);
    }
  packed = g_base64_decode (reader.letters->str, &n_bytes);
  g_string_free (reader.letters, TRUE);
  return tn_carrier_inflate (packed, n_bytes, place, error);
}

/* ---- the doors ---- */

gboolean
tn_carrier_find (GBytes *bytes, TnCarrier *carrier)
{
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  g_return_val_if_fail (carrier != NULL, FALSE);
  if (size >= strlen (PNG_START) && memcmp (text, PNG_START, strlen (PNG_START)) == 0)
    *carrier = TN_CARRIER_PNG;
  else if (size >= 5 && memcmp (text, "%PDF-", 5) == 0)
    *carrier = TN_CARRIER_PDF;
  else
    {
      if (size >= 3 && memcmp (text, "\xEF\xBB\xBF", 3) == 0)
        {
          text += 3;
          size -= 3;
        }
      for (; size > 0 && g_ascii_isspace (*text); text++)
        size--;
      /* No JSON begins like this. */
      if (size == 0 || *text != '<')
        return FALSE;
      *carrier = TN_CARRIER_SVG;
    }
  return TRUE;
}

GBytes *
tn_carrier_load (TnCarrier carrier, GBytes *picture, const TnGraph *graph)
{
  g_autoptr (GBytes) model = NULL;

  g_return_val_if_fail (picture != NULL && graph != NULL, NULL);
  model = tn_format_write_tenon (graph);
  switch (carrier)
    {
    case TN_CARRIER_PNG:
      return load_png (picture, model);
    case TN_CARRIER_SVG:
      return load_svg (picture, model);
    case TN_CARRIER_PDF:
      return tn_carrier_load_pdf (picture, model);
    default:
      g_return_val_if_reached (NULL);
    }
}

GBytes *
tn_carrier_unload (TnCarrier carrier, GBytes *picture, const char *place, GError **error)
{
  g_return_val_if_fail (picture != NULL && place != NULL, NULL);
  switch (carrier)
    {
    case TN_CARRIER_PNG:
      return unload_png (picture, place, error);
    case TN_CARRIER_SVG:
      return unload_svg (picture, place, error);
    case TN_CARRIER_PDF:
      return tn_carrier_unload_pdf (picture, place, error);
    default:
      g_return_val_if_reached (NULL);
    }
}
