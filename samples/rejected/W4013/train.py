print('loss=1')
