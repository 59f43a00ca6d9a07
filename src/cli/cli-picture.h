/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the command line says of a picture: typed words, and the picture that they ask for. */
#pragma once

#include "cli/cli-private.h"
#include "scene/tn-figure.h"

G_BEGIN_DECLS

/* Of the options of "tenon export"; NULL: not given. */
typedef struct
{
  char *style;
  char *show;
  char *theme;
  char *direction;
  char **only;
  char *scale;
  char *dpi;
  char *paper;
  char *orientation;
  char *heat;
  char *wires;
  gboolean transparent;
  gboolean spread;
  gboolean no_model;
} TnTypedPicture;

void tn_typed_picture_clear (TnTypedPicture *typed);
/* Are the words known? FALSE after a message. */
gboolean tn_typed_picture_check (const TnTypedPicture *typed);
/* Draws the model of @subject into @output ("-": standard output). */
TnExit tn_cli_export_picture (const TnSubject *subject, const TnTypedPicture *typed,
                              const char *output, TnPictureFormat format);

G_END_DECLS
