/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The doors of the room: files in, files out. */
#include "formats/tn-format.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"
#include "formats/tn-carrier.h"
#include "formats/tn-json.h"
#include "formats/tn-keras.h"

#define CHUNK 65536

const char *
tn_format_name (TnFormat format)
{
  static const char *const names[] = {
    [TN_FORMAT_TENON] = "tenon",
    [TN_FORMAT_KERAS] = "keras",
    [TN_FORMAT_PICTURE] = "picture",
  };

  g_return_val_if_fail ((guint)format < G_N_ELEMENTS (names), NULL);
  return names[format];
}

/* Reads all of @file, whatever it is, but never more than may be. */
static GBytes *
read_all (int file, const char *place, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK);

  for (;;)
    {
      gssize n = read (file, chunk, CHUNK);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, TN_ERROR, TN_ERROR_IO, _ ("%s cannot be read: %s."), place,
                       g_strerror (errno));
          return NULL;
        }
      if (n == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
      if (bytes->len + (gsize)n > TN_FORMAT_MAX_BYTES)
        {
          g_autofree char *limit
              = g_format_size_full (TN_FORMAT_MAX_BYTES, G_FORMAT_SIZE_IEC_UNITS);

          g_set_error (error, TN_ERROR, TN_ERROR_SYNTAX,
                       _ ("%s cannot be opened: it is larger than %s."), place, limit);
          return NULL;
        }
      g_byte_array_append (bytes, chunk, (guint)n);
    }
}

TnGraph *
tn_format_read (const char *path, TnFormat *format, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  gboolean standard = strcmp (path, "-") == 0;
  g_autofree char *place
      = standard ? g_strdup (_ ("standard input")) : g_filename_display_name (path);
  int file = standard ? STDIN_FILENO : g_open (path, O_RDONLY | O_CLOEXEC, 0);

  if (file < 0)
    {
      g_set_error (error, TN_ERROR, TN_ERROR_IO, _ ("%s cannot be opened: %s."), place,
                   g_strerror (errno));
      return NULL;
    }
  bytes = read_all (file, place, error);
  if (!standard)
    close (file);
  return bytes ? tn_format_parse (bytes, place, format, error) : NULL;
}

/* Says what a file is that begins like one of the usual binary ones. */
static gboolean
refuse_binary (GBytes *bytes, const char *place, GError **error)
{
  static const struct
  {
    const char *start;
    const char *what;
  } kinds[] = {
    { "PK\003\004", N_ ("a zip archive, such as a .keras file") },
    { "\x89HDF\r\n", N_ ("an HDF5 file, such as a .h5 file") },
  };
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (length >= strlen (kinds[i].start)
        && memcmp (text, kinds[i].start, strlen (kinds[i].start)) == 0)
      {
        g_set_error (error, TN_ERROR, TN_ERROR_UNSUPPORTED,
                     _ ("%s is %s, and this version of Tenon reads models from JSON only "
                        "(model.to_json () in Keras)."),
                     place, _ (kinds[i].what));
        return TRUE;
      }
  return FALSE;
}

TnGraph *
tn_format_parse (GBytes *bytes, const char *place, TnFormat *format, GError **error)
{
  TnFormat found;
  TnCarrier carrier;
  g_autoptr (TnValue) root = NULL;
  g_autoptr (GBytes) model = NULL;
  TnGraph *graph;

  g_return_val_if_fail (bytes != NULL && place != NULL, NULL);
  if (refuse_binary (bytes, place, error))
    return NULL;
  if (tn_carrier_find (bytes, &carrier))
    {
      model = tn_carrier_unload (carrier, bytes, place, error);
      if (model == NULL)
        return NULL;
    }
  root = tn_format_json_parse (model != NULL ? model : bytes, place, error);
  graph = root != NULL ? tn_keras_read (root, place, FALSE, &found, error) : NULL;
  if (format != NULL)
    *format = model != NULL ? TN_FORMAT_PICTURE : found;
  return graph;
}

static GBytes *
write_model (const TnGraph *graph, TnKerasExtent extent)
{
  g_autoptr (TnValue) root = tn_keras_write (graph, extent);
  GString *out = g_string_new (NULL);

  tn_json_write (out, root, TRUE);
  g_string_append_c (out, '\n');
  return g_string_free_to_bytes (out);
}

GBytes *
tn_format_write_tenon (const TnGraph *graph)
{
  g_return_val_if_fail (graph != NULL, NULL);
  return write_model (graph, TN_KERAS_FULL);
}

GBytes *
tn_format_write_keras (const TnGraph *graph)
{
  g_return_val_if_fail (graph != NULL, NULL);
  return write_model (graph, TN_KERAS_PLAIN);
}

gboolean
tn_format_save (GBytes *bytes, const char *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  /* The file a link leads to is replaced, not the link. */
  g_autofree char *target = realpath (path, NULL);
  GStatBuf old;
  int mode = 0666;

  if (target && g_stat (target, &old) == 0)
    {
      if (!S_ISREG (old.st_mode))
        {
          g_autofree char *name = g_filename_display_name (path);

          g_set_error (error, TN_ERROR, TN_ERROR_IO, _ ("%s cannot be written: it is no file."),
                       name);
          return FALSE;
        }
      mode = old.st_mode & 0777;
    }
  if (!g_file_set_contents_full (target ? target : path, data ? data : "", (gssize)length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode,
                                 &failure))
    {
      g_autofree char *name = g_filename_display_name (path);

      g_set_error (error, TN_ERROR, TN_ERROR_IO, _ ("%s cannot be written: %s."), name,
                   failure->message);
      return FALSE;
    }
  /* The file keeps its permissions, whatever those of new files are. */
  if (target)
    g_chmod (target, mode);
  return TRUE;
}

char *
tn_format_json (const TnValue *value, gboolean pretty)
{
  GString *out = g_string_new (NULL);

  tn_json_write (out, value, pretty);
  return g_string_free (out, FALSE);
}

TnValue *
tn_format_json_parse (GBytes *bytes, const char *place, GError **error)
{
  if (g_bytes_get_size (bytes) > TN_FORMAT_MAX_BYTES)
    {
      g_autofree char *limit = g_format_size_full (TN_FORMAT_MAX_BYTES, G_FORMAT_SIZE_IEC_UNITS);

      g_set_error (error, TN_ERROR, TN_ERROR_SYNTAX,
                   _ ("%s cannot be opened: it is larger than %s."), place, limit);
      return NULL;
    }
  return tn_json_parse (bytes, place, error);
}
