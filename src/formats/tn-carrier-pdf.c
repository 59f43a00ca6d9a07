/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PDF that carries a model: an attached file (ISO 32000, 7.11.4), which viewers list as such. */
#include "formats/tn-carrier-private.h"

#include <string.h>

#define SUBTYPE "/application#2Fx-tenon+json"
/* The end of a file, in which the last trailer is. */
#define TAIL 4096

/* The last @word within @size bytes; NULL when there is none. */
static const char *
find_last (const char *data, gsize size, const char *word)
{
  gsize length = strlen (word);

  for (gsize at = size >= length ? size - length + 1 : 0; at-- > 0;)
    if (memcmp (data + at, word, length) == 0)
      return data + at;
  return NULL;
}

static const char *
find_first (const char *at, const char *end, const char *word)
{
  gsize length = strlen (word);

  while (at != NULL && (gsize)(end - at) >= length)
    {
      if (memcmp (at, word, length) == 0)
        return at;
      at = memchr (at + 1, word[0], (gsize)(end - at) - 1);
    }
  return NULL;
}

/* The number behind @key in a trailer. FALSE when there is none. */
static gboolean
trailer_number (const char *trailer, const char *key, guint64 *number)
{
  const char *at = strstr (trailer, key);
  char *end;

  if (at == NULL)
    return FALSE;
  at += strlen (key);
  *number = g_ascii_strtoull (at, &end, 10);
  return end != at && *number < G_MAXINT32;
}

/* The inside of the catalog, which is written once more with the attachment in it. */
static char *
read_catalog (const char *data, gsize size, guint64 root)
{
  g_autofree char *head = g_strdup_printf ("\n%" G_GUINT64_FORMAT " 0 obj\n<<", root);
  const char *start = find_last (data, size, head);
  const char *end = start != NULL ? find_first (start, data + size, "\nendobj") : NULL;
  g_autofree char *text = NULL;
  char *close;

  if (end == NULL || end - start > TAIL)
    return NULL;
  start += strlen (head);
  text = g_strndup (start, (gsize)(end - start));
  close = g_strrstr (text, ">>");
  if (close == NULL || strstr (text, "/Names") != NULL)
    return NULL;
  *close = '\0';
  return g_steal_pointer (&text);
}

GBytes *
tn_carrier_load_pdf (GBytes *picture, GBytes *model)
{
  g_autoptr (GBytes) packed = tn_carrier_deflate (model);
  gsize size, packed_size;
  const char *data = g_bytes_get_data (picture, &size);
  const char *stream = g_bytes_get_data (packed, &packed_size);
  gsize tail = MIN (size, TAIL);
  const char *found = find_last (data + size - tail, tail, "trailer");
  g_autofree char *trailer = found != NULL ? g_strndup (found, (gsize)(data + size - found)) : NULL;
  g_autofree char *catalog = NULL;
  guint64 count, root, info, before;
  gsize file_at, name_at, catalog_at, table_at;
  GString *out;

  if (trailer == NULL || !trailer_number (trailer, "/Size", &count)
      || !trailer_number (trailer, "/Root", &root) || !trailer_number (trailer, "/Info", &info)
      || !trailer_number (trailer, "startxref", &before))
    return g_bytes_ref (picture);
  catalog = read_catalog (data, size, root);
  if (catalog == NULL)
    return g_bytes_ref (picture);

  out = g_string_new_len (data, (gssize)size);
  file_at = out->len;
  g_string_append_printf (out,
                          "%" G_GUINT64_FORMAT " 0 obj\n<< /Type /EmbeddedFile /Subtype " SUBTYPE
                          "\n   /Filter /FlateDecode /Length %" G_GSIZE_FORMAT
                          " /Params << /Size %" G_GSIZE_FORMAT " >>\n>>\nstream\n",
                          count, packed_size, g_bytes_get_size (model));
  g_string_append_len (out, stream, (gssize)packed_size);
  g_string_append (out, "\nendstream\nendobj\n");
  name_at = out->len;
  g_string_append_printf (out,
                          "%" G_GUINT64_FORMAT " 0 obj\n<< /Type /Filespec /F (model.tenon) "
                          "/UF (model.tenon) /EF << /F %" G_GUINT64_FORMAT " 0 R >>\n>>\nendobj\n",
                          count + 1, count);
  catalog_at = out->len;
  g_string_append_printf (out,
                          "%" G_GUINT64_FORMAT " 0 obj\n<<%s   /Names << /EmbeddedFiles << /Names "
                          "[ (model.tenon) %" G_GUINT64_FORMAT " 0 R ] >> >>\n>>\nendobj\n",
                          root, catalog, count + 1);
  table_at = out->len;
  /* Lines of the table have 20 bytes each. */
  g_string_append_printf (out,
                          "xref\n%" G_GUINT64_FORMAT " 1\n%010" G_GSIZE_FORMAT " 00000 n \n"
                          "%" G_GUINT64_FORMAT " 2\n%010" G_GSIZE_FORMAT " 00000 n \n"
                          "%010" G_GSIZE_FORMAT " 00000 n \n",
                          root, catalog_at, count, file_at, name_at);
  g_string_append_printf (out,
                          "trailer\n<< /Size %" G_GUINT64_FORMAT "\n   /Root %" G_GUINT64_FORMAT
                          " 0 R\n   /Info %" G_GUINT64_FORMAT " 0 R\n   /Prev %" G_GUINT64_FORMAT
                          "\n>>\nstartxref\n%" G_GSIZE_FORMAT "\n%%%%EOF\n",
                          count + 2, root, info, before, table_at);
  return g_string_free_to_bytes (out);
}

GBytes *
tn_carrier_unload_pdf (GBytes *picture, const char *place, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (picture, &size);
  const char *end = data + size;
  /* Whatever rewrote the file: the dict that names the type is the one before its stream. */
  const char *at = find_last (data, size, SUBTYPE);

  if (at == NULL)
    return tn_carrier_none (place, error);
  at = find_first (at, end, "stream");
  if (at == NULL)
    return tn_carrier_damaged (place, error);
  at += strlen ("stream");
  if (at < end && *at == '\r')
    at++;
  if (at < end && *at == '\n')
    at++;
  /* zlib's stream says itself where it ends, and has a checksum. */
  return tn_carrier_inflate ((const guint8 *)at, (gsize)(end - at), place, error);
}
